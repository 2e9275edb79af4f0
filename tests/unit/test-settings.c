/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/settings.h"

#include <string.h>

static const char *const no_names[] = {NULL};
static const SettingsAgent web = {":1.1", "web.service", no_names, 0};
static const SettingsAgent panel = {":1.2", "panel.service", no_names, 0};

typedef struct Fixture {
    Settings *settings;
    DeviceProfile *profile;
    guint smtp; /* the setting SmtpReception, a boolean */
} Fixture;

static guint setting_index(const char *name)
{
    return (guint)catalog_setting_index(catalog_find_setting(name));
}

static void demand(Fixture *fixture, const char *item)
{
    g_autoptr(Policy) policy = policy_new("test", 1);
    if (item)
        policy_request(policy, catalog_find_item(item), 8);
    g_autoptr(Plan) plan = plan_new(policy, fixture->profile, TRUE);
    settings_set_plan(fixture->settings, plan);
}

static void set_up(Fixture *fixture, gconstpointer profile_text)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const char *text = profile_text ? profile_text : "";
    const DeviceProfileSource source = {"profile", text, strlen(text)};

    fixture->profile = device_profile_parse(&source, 1, diagnostics);
    g_assert_nonnull(fixture->profile);
    fixture->settings = settings_new();
    fixture->smtp = setting_index("SmtpReception");
    demand(fixture, "RestrictSmtpPort");
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    settings_free(fixture->settings);
    device_profile_free(fixture->profile);
}

static gboolean report(Fixture *fixture, const SettingsAgent *agent, const char *setting,
                       GVariant *value, const char *reason, GError **error)
{
    g_autoptr(GVariant) held = g_variant_ref_sink(value);
    const SettingsClaim claim = {setting, held, reason};
    return settings_report(fixture->settings, agent, &claim, error);
}

static void report_smtp(Fixture *fixture, const SettingsAgent *agent, gboolean value,
                        const char *reason)
{
    g_assert_true(
        report(fixture, agent, "SmtpReception", g_variant_new_boolean(value), reason, NULL));
}

static void assert_smtp(const Fixture *fixture, SettingState state, const char *obstacle)
{
    g_autofree char *found = settings_obstacle(fixture->settings, fixture->smtp);
    g_assert_cmpstr(found, ==, obstacle);
    g_assert_cmpint(settings_state(fixture->settings, fixture->smtp), ==, state);
}

static void test_nobody_reports(Fixture *fixture, gconstpointer data)
{
    assert_smtp(fixture, SETTING_UNCONFIRMED, NULL);
}

static void test_confirmed(Fixture *fixture, gconstpointer data)
{
    report_smtp(fixture, &web, FALSE, "");
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
}

static void test_worst_decides(Fixture *fixture, gconstpointer data)
{
    report_smtp(fixture, &web, FALSE, "");
    report_smtp(fixture, &panel, TRUE, "in use");
    assert_smtp(fixture, SETTING_CONTRADICTED, "SmtpReception is true in panel.service (in use)");

    settings_forget(fixture->settings, panel.connection);
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
    settings_forget(fixture->settings, NULL);
    assert_smtp(fixture, SETTING_UNCONFIRMED, NULL);
}

static void test_later_report_replaces(Fixture *fixture, gconstpointer data)
{
    report_smtp(fixture, &web, TRUE, "");
    const guint revision = settings_reports_revision(fixture->settings, fixture->smtp);
    report_smtp(fixture, &web, FALSE, "");
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
    g_assert_cmpuint(settings_reports(fixture->settings, fixture->smtp)->len, ==, 1);
    g_assert_cmpuint(settings_reports_revision(fixture->settings, fixture->smtp), !=, revision);
}

/* An agent that reported before the setting was locked cannot have meant the lock. */
static void test_older_report_is_no_confirmation(Fixture *fixture, gconstpointer data)
{
    demand(fixture, NULL);
    assert_smtp(fixture, SETTING_FREE, NULL);
    report_smtp(fixture, &web, TRUE, "");
    report_smtp(fixture, &panel, FALSE, "");
    assert_smtp(fixture, SETTING_FREE, NULL);

    demand(fixture, "RestrictSmtpPort");
    assert_smtp(fixture, SETTING_UNCONFIRMED, "SmtpReception waits for web.service");
    report_smtp(fixture, &web, FALSE, "");
    assert_smtp(fixture, SETTING_UNCONFIRMED, "SmtpReception waits for panel.service");
    report_smtp(fixture, &panel, FALSE, "");
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
}

static void test_same_demand_keeps_confirmation(Fixture *fixture, gconstpointer data)
{
    report_smtp(fixture, &web, FALSE, "");
    demand(fixture, "RestrictSmtpPort");
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
}

static void test_absent_function(Fixture *fixture, gconstpointer data)
{
    assert_smtp(fixture, SETTING_NOT_AVAILABLE, NULL);
}

static void test_refusals(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) unknown = NULL;
    g_assert_false(report(fixture, &web, "Smtp", g_variant_new_boolean(TRUE), "", &unknown));
    g_assert_error(unknown, SETTINGS_ERROR, SETTINGS_ERROR_NO_SUCH_SETTING);

    g_autoptr(GError) type = NULL;
    g_assert_false(report(fixture, &web, "SmtpReception", g_variant_new_string("no"), "", &type));
    g_assert_error(type, SETTINGS_ERROR, SETTINGS_ERROR_WRONG_TYPE);
    assert_smtp(fixture, SETTING_UNCONFIRMED, NULL);
}

/* How many of so many agents of a user are let report that all is as demanded. */
static guint reports_taken(Fixture *fixture, guint32 uid, guint n_agents)
{
    guint n_taken = 0;

    for (guint i = 0; i < n_agents; i++) {
        g_autofree char *connection = g_strdup_printf(":%u.%u", uid + 2, i);
        const SettingsAgent agent = {connection, "", no_names, uid};
        g_autoptr(GError) error = NULL;
        if (report(fixture, &agent, "SmtpReception", g_variant_new_boolean(FALSE), "", &error))
            n_taken++;
        else
            g_assert_error(error, SETTINGS_ERROR, SETTINGS_ERROR_TOO_MANY);
    }
    return n_taken;
}

static void test_reports_are_capped(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpuint(reports_taken(fixture, 0, SETTINGS_MAX_REPORTS + 1), ==, SETTINGS_MAX_REPORTS);
}

static void test_no_user_takes_the_places_of_others(Fixture *fixture, gconstpointer data)
{
    guint n_taken = 0;

    for (guint32 uid = 1000; uid < 1010; uid++)
        n_taken += reports_taken(fixture, uid, SETTINGS_MAX_REPORTS);
    g_assert_cmpuint(n_taken, ==, SETTINGS_MAX_REPORTS);
    g_assert_cmpuint(reports_taken(fixture, 1000, SETTINGS_MAX_REPORTS), ==,
                     SETTINGS_MAX_REPORTS_OF_USER);
    report_smtp(fixture, &web, TRUE, "in use");
    assert_smtp(fixture, SETTING_CONTRADICTED, "SmtpReception is true in web.service (in use)");
}

static void test_reason_is_cut_to_valid_text(Fixture *fixture, gconstpointer data)
{
    g_autofree char *reason = g_strnfill(SETTINGS_MAX_REASON_BYTES + 100, 'x');
    reason[SETTINGS_MAX_REASON_BYTES - 4] = '\xc3';
    reason[SETTINGS_MAX_REASON_BYTES - 3] = '\xa4';
    report_smtp(fixture, &web, TRUE, reason);

    const SettingReport *filed =
        g_ptr_array_index(settings_reports(fixture->settings, fixture->smtp), 0);
    g_assert_true(g_utf8_validate(filed->reason, -1, NULL));
    g_assert_cmpuint(strlen(filed->reason), ==, SETTINGS_MAX_REASON_BYTES - 1);
    g_assert_true(g_str_has_suffix(filed->reason, "x..."));
}

/* The profile of this test names a bus name and a unit: both must confirm, nobody else may. */
static void test_named_agents(Fixture *fixture, gconstpointer data)
{
    const char *const names[] = {"com.maker.Mail", NULL};
    const SettingsAgent named = {":1.3", "mail.service", names, 0};
    g_autoptr(GError) error = NULL;

    g_assert_false(
        report(fixture, &panel, "SmtpReception", g_variant_new_boolean(FALSE), "", &error));
    g_assert_error(error, SETTINGS_ERROR, SETTINGS_ERROR_NOT_NAMED);
    assert_smtp(fixture, SETTING_UNCONFIRMED, "SmtpReception waits for com.maker.Mail");
    report_smtp(fixture, &named, FALSE, "");
    assert_smtp(fixture, SETTING_UNCONFIRMED, "SmtpReception waits for web");
    report_smtp(fixture, &web, FALSE, "");
    assert_smtp(fixture, SETTING_CONFIRMED, NULL);
    settings_forget(fixture->settings, named.connection);
    assert_smtp(fixture, SETTING_UNCONFIRMED, "SmtpReception waits for com.maker.Mail");
}

int main(int argc, char *argv[])
{
    static const char without_smtp[] = "[Functions]\nSmtp=no\n";
    static const char with_agents[] = "[Agents]\nSmtpReception=com.maker.Mail web\n";

    g_test_init(&argc, &argv, NULL);
#define ADD(path, profile, test)                                                                   \
    g_test_add("/settings/" path, Fixture, profile, set_up, test, tear_down)
    ADD("without a report unconfirmed", NULL, test_nobody_reports);
    ADD("the required value confirms", NULL, test_confirmed);
    ADD("the worst of several reports decides", NULL, test_worst_decides);
    ADD("a later report replaces the earlier", NULL, test_later_report_replaces);
    ADD("a report older than the demand does not count", NULL,
        test_older_report_is_no_confirmation);
    ADD("the same demand again changes nothing", NULL, test_same_demand_keeps_confirmation);
    ADD("an absent function makes it not available", without_smtp, test_absent_function);
    ADD("unknown settings and wrong types are refused", NULL, test_refusals);
    ADD("the number of reports is capped", NULL, test_reports_are_capped);
    ADD("no user takes the places of others", NULL, test_no_user_takes_the_places_of_others);
    ADD("a long reason is cut to valid text", NULL, test_reason_is_cut_to_valid_text);
    ADD("all agents the profile names must confirm", with_agents, test_named_agents);
    return g_test_run();
}
