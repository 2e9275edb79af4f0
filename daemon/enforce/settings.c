/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/settings.h"

#include <string.h>

#include "daemon/policy/text.h"

struct Settings {
    Plan *plan;
    GPtrArray *reports[CATALOG_N_SETTINGS]; /* element type SettingReport */
    guint revisions[CATALOG_N_SETTINGS];
};

G_DEFINE_QUARK(secpold_settings_error, settings_error)

static void report_free(SettingReport *report)
{
    g_free(report->connection);
    g_free(report->unit);
    g_strfreev(report->names);
    g_variant_unref(report->value);
    g_free(report->reason);
    g_free(report);
}

Settings *settings_new(void)
{
    Settings *settings = g_new0(Settings, 1);

    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        settings->reports[i] = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
    return settings;
}

void settings_free(Settings *settings)
{
    if (!settings)
        return;
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        g_ptr_array_unref(settings->reports[i]);
    plan_unref(settings->plan);
    g_free(settings);
}

static gboolean same_demand(const PlanSetting *a, const PlanSetting *b)
{
    return a->locked == b->locked && g_variant_equal(a->value, b->value);
}

static void make_stale(SettingReport *report, gpointer data)
{
    report->stale = TRUE;
}

void settings_set_plan(Settings *settings, Plan *plan)
{
    for (guint i = 0; settings->plan && i < CATALOG_N_SETTINGS; i++)
        if (!same_demand(&settings->plan->settings[i], &plan->settings[i]))
            g_ptr_array_foreach(settings->reports[i], (GFunc)make_stale, NULL);

    plan_ref(plan);
    plan_unref(settings->plan);
    settings->plan = plan;
}

/* A profile names an agent by a bus name, or by its unit with or without ".service". */
static gboolean answers_to(const char *unit, const char *const *names, const char *wanted)
{
    if (g_strv_contains(names, wanted) || g_str_equal(unit, wanted))
        return TRUE;
    return g_str_has_suffix(unit, ".service") &&
           strlen(unit) == strlen(wanted) + strlen(".service") && g_str_has_prefix(unit, wanted);
}

static gboolean is_named(const PlanSetting *demand, const SettingsAgent *agent)
{
    if (!demand->agents)
        return TRUE;
    for (guint i = 0; demand->agents[i]; i++)
        if (answers_to(agent->unit, agent->names, demand->agents[i]))
            return TRUE;
    return FALSE;
}

static SettingReport *find_report(const GPtrArray *reports, const char *connection)
{
    for (guint i = 0; i < reports->len; i++) {
        SettingReport *report = g_ptr_array_index(reports, i);
        if (g_str_equal(report->connection, connection))
            return report;
    }
    return NULL;
}

static gboolean has_place(const GPtrArray *reports, const SettingsAgent *agent)
{
    guint n_alike = 0, n_of_user = 0;

    if (find_report(reports, agent->connection))
        return TRUE;
    for (guint i = 0; i < reports->len; i++) {
        const SettingReport *report = g_ptr_array_index(reports, i);
        n_alike += (report->uid == 0) == (agent->uid == 0);
        n_of_user += report->uid == agent->uid;
    }
    return n_alike < SETTINGS_MAX_REPORTS &&
           (agent->uid == 0 || n_of_user < SETTINGS_MAX_REPORTS_OF_USER);
}

static gboolean refuse(GError **error, SettingsError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(GError **error, SettingsError code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(SETTINGS_ERROR, (gint)code, format, arguments));
    va_end(arguments);
    return FALSE;
}

gboolean settings_check_report(const Settings *settings, const SettingsAgent *agent,
                               const SettingsClaim *claim, GError **error)
{
    const char *name = claim->setting;
    const CatalogSetting *setting = catalog_find_setting(name);
    if (!setting) {
        g_autofree char *shown = text_sanitize(name, 64);
        return refuse(error, SETTINGS_ERROR_NO_SUCH_SETTING,
                      "There is no setting %s; 'secpolctl settings' lists them", shown);
    }
    if (!g_variant_is_of_type(claim->value, G_VARIANT_TYPE(setting->type)))
        return refuse(error, SETTINGS_ERROR_WRONG_TYPE, "Setting %s has type '%s', not '%s'", name,
                      setting->type, g_variant_get_type_string(claim->value));

    const guint index = (guint)catalog_setting_index(setting);
    if (!is_named(&settings->plan->settings[index], agent))
        return refuse(error, SETTINGS_ERROR_NOT_NAMED,
                      "The device profile names other agents for setting %s", name);

    if (!has_place(settings->reports[index], agent))
        return refuse(error, SETTINGS_ERROR_TOO_MANY,
                      "%d agents of user %" G_GUINT32_FORMAT
                      " or %d of all report on setting %s already",
                      SETTINGS_MAX_REPORTS_OF_USER, agent->uid, SETTINGS_MAX_REPORTS, name);
    return TRUE;
}

gboolean settings_report(Settings *settings, const SettingsAgent *agent, const SettingsClaim *claim,
                         GError **error)
{
    if (!settings_check_report(settings, agent, claim, error))
        return FALSE;

    const gsize index = catalog_setting_index(catalog_find_setting(claim->setting));
    GPtrArray *reports = settings->reports[index];
    SettingReport *earlier = find_report(reports, agent->connection);
    if (earlier)
        g_ptr_array_remove(reports, earlier);

    SettingReport *report = g_new0(SettingReport, 1);
    report->connection = g_strdup(agent->connection);
    report->unit = g_strdup(agent->unit);
    report->names = g_strdupv((GStrv)agent->names);
    report->uid = agent->uid;
    report->value = g_variant_ref(claim->value);
    report->reason = text_sanitize(claim->reason, SETTINGS_MAX_REASON_BYTES);
    report->received = (guint64)g_get_real_time();
    g_ptr_array_add(reports, report);
    settings->revisions[index]++;
    return TRUE;
}

static void forget(Settings *settings, guint setting, const char *connection)
{
    GPtrArray *reports = settings->reports[setting];

    for (guint i = reports->len; i > 0; i--) {
        const SettingReport *report = g_ptr_array_index(reports, i - 1);
        if (connection && !g_str_equal(report->connection, connection))
            continue;
        g_ptr_array_remove_index(reports, i - 1);
        settings->revisions[setting]++;
    }
}

void settings_forget(Settings *settings, const char *connection)
{
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        forget(settings, i, connection);
}

static gboolean has_fresh_report_of(const GPtrArray *reports, const char *wanted)
{
    for (guint i = 0; i < reports->len; i++) {
        const SettingReport *report = g_ptr_array_index(reports, i);
        if (!report->stale && answers_to(report->unit, (const char *const *)report->names, wanted))
            return TRUE;
    }
    return FALSE;
}

/* The first agent the profile names that has not reported on the present value. */
static const char *missing_agent(const PlanSetting *demand, const GPtrArray *reports)
{
    for (guint i = 0; demand->agents && demand->agents[i]; i++)
        if (!has_fresh_report_of(reports, demand->agents[i]))
            return demand->agents[i];
    return NULL;
}

static const SettingReport *contradiction(const PlanSetting *demand, const GPtrArray *reports)
{
    for (guint i = 0; i < reports->len; i++) {
        const SettingReport *report = g_ptr_array_index(reports, i);
        if (!report->stale && !g_variant_equal(report->value, demand->value))
            return report;
    }
    return NULL;
}

static const SettingReport *stale_report(const GPtrArray *reports)
{
    for (guint i = 0; i < reports->len; i++) {
        const SettingReport *report = g_ptr_array_index(reports, i);
        if (report->stale)
            return report;
    }
    return NULL;
}

SettingState settings_state(const Settings *settings, guint setting)
{
    const PlanSetting *demand = &settings->plan->settings[setting];
    const GPtrArray *reports = settings->reports[setting];

    if (!demand->available)
        return SETTING_NOT_AVAILABLE;
    if (!demand->locked)
        return SETTING_FREE;
    if (contradiction(demand, reports))
        return SETTING_CONTRADICTED;
    if (reports->len == 0 || stale_report(reports) || missing_agent(demand, reports))
        return SETTING_UNCONFIRMED;
    return SETTING_CONFIRMED;
}

const GPtrArray *settings_reports(const Settings *settings, guint setting)
{
    return settings->reports[setting];
}

guint settings_reports_revision(const Settings *settings, guint setting)
{
    return settings->revisions[setting];
}

static const char *agent_label(const SettingReport *report)
{
    if (*report->unit)
        return report->unit;
    return report->names[0] ? report->names[0] : report->connection;
}

char *settings_obstacle(const Settings *settings, guint setting)
{
    const PlanSetting *demand = &settings->plan->settings[setting];
    const GPtrArray *reports = settings->reports[setting];
    const char *name = catalog_settings[setting].name;

    if (!demand->available || !demand->locked)
        return NULL;

    const SettingReport *report = contradiction(demand, reports);
    if (report) {
        g_autofree char *value = g_variant_print(report->value, FALSE);
        return *report->reason
                   ? g_strdup_printf("%s is %s in %s (%s)", name, value, agent_label(report),
                                     report->reason)
                   : g_strdup_printf("%s is %s in %s", name, value, agent_label(report));
    }
    const char *missing = missing_agent(demand, reports);
    if (missing)
        return g_strdup_printf("%s waits for %s", name, missing);
    report = stale_report(reports);
    if (report)
        return g_strdup_printf("%s waits for %s", name, agent_label(report));
    return NULL;
}
