/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reconciler.h"

/* An enforcer that does as it is told, to see what the reconciler makes of it. */
typedef struct Puppet {
    Enforcer base;
    guint passes;
    guint fails;      /* the next passes that cannot be made */
    Verdict verdict;  /* about the LPD port */
    gboolean drifted; /* report one repaired drift at the next pass */
} Puppet;

typedef struct Fixture {
    sd_event *event;
    Reconciler *reconciler;
    Puppet *puppet;
    guint item;
    GString *log; /* what the observer was told about the item */
} Fixture;

static gboolean puppet_reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                                 GError **error)
{
    Puppet *puppet = (Puppet *)enforcer;
    const guint item = (guint)catalog_item_index(catalog_find_item("RestrictLpdPort"));

    puppet->passes++;
    if (puppet->fails > 0) {
        puppet->fails--;
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO, "the puppet is broken");
        return FALSE;
    }
    if (!plan->items[item].active)
        return TRUE;
    enforcer_report_finding(report, item, puppet->verdict,
                            puppet->verdict == VERDICT_HOLDS ? NULL : "half of it");
    if (puppet->drifted)
        enforcer_report_drift(report, item, g_get_monotonic_time() - 1000, TRUE, "was cut");
    puppet->drifted = FALSE;
    return TRUE;
}

static void puppet_free(Enforcer *enforcer)
{
    g_free(enforcer);
}

static const EnforcerClass puppet_class = {
    .name = "puppet",
    .effects = 1U << KERNEL_EFFECT_CLOSE_PORTS,
    .reconcile = puppet_reconcile,
    .free = puppet_free,
};

static void on_item_changed(guint item, gpointer data)
{
    Fixture *fixture = data;
    if (item == fixture->item)
        g_string_append_printf(
            fixture->log, "%s;",
            item_state_to_string(reconciler_item(fixture->reconciler, item)->state));
}

static void on_problems_changed(gpointer data)
{
    Fixture *fixture = data;
    g_autofree char *problems = g_strjoinv(",", (GStrv)reconciler_problems(fixture->reconciler));
    g_string_append_printf(fixture->log, "problems[%s];", problems);
}

static void on_violation(guint item, const char *effect, const char *detail, gpointer data)
{
    Fixture *fixture = data;
    g_string_append_printf(fixture->log, "violation(%s,%s,%s);", catalog_items[item].key, effect,
                           detail);
}

static void on_repaired(guint item, const char *effect, const char *detail, guint64 usec,
                        gpointer data)
{
    Fixture *fixture = data;
    g_assert_cmpuint(usec, >=, 1000);
    g_string_append_printf(fixture->log, "repaired(%s,%s,%s);", catalog_items[item].key, effect,
                           detail);
}

static const ReconcilerObserver observer = {
    .item_changed = on_item_changed,
    .problems_changed = on_problems_changed,
    .violation = on_violation,
    .repaired = on_repaired,
};

static Plan *plan_for(const char *item)
{
    g_autoptr(DeviceProfile) profile = device_profile_new();
    g_autoptr(Policy) policy = policy_new("test", 1);

    if (item)
        policy_request(policy, catalog_find_item(item), 0);
    return plan_new(policy, profile, TRUE);
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Plan) nothing = plan_for(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->reconciler = reconciler_new(fixture->event, nothing, &error);
    g_assert_no_error(error);
    fixture->puppet = g_new0(Puppet, 1);
    fixture->puppet->base.class = &puppet_class;
    reconciler_add(fixture->reconciler, &fixture->puppet->base);
    fixture->item = (guint)catalog_item_index(catalog_find_item("RestrictLpdPort"));
    fixture->log = g_string_new(NULL);
    reconciler_observe(fixture->reconciler, &observer, fixture);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    reconciler_free(fixture->reconciler);
    sd_event_unref(fixture->event);
    g_string_free(fixture->log, TRUE);
}

static void close_lpd(Fixture *fixture)
{
    g_autoptr(Plan) plan = plan_for("RestrictLpdPort");
    reconciler_set_plan(fixture->reconciler, plan);
}

/* Lets the event loop work until nothing happens for @quiet microseconds. */
static void settle(Fixture *fixture, guint64 quiet)
{
    while (sd_event_run(fixture->event, quiet) > 0)
        ;
}

static void assert_log(Fixture *fixture, const char *expected)
{
    g_assert_cmpstr(fixture->log->str, ==, expected);
    g_string_truncate(fixture->log, 0);
}

static void test_enforced_when_read_back(Fixture *fixture, gconstpointer data)
{
    close_lpd(fixture);
    assert_log(fixture, "enforced;");
    g_assert_cmpuint(reconciler_verified(fixture->reconciler, fixture->item), >, 0);
}

static void test_events_are_coalesced(Fixture *fixture, gconstpointer data)
{
    close_lpd(fixture);
    assert_log(fixture, "enforced;");
    const guint before = fixture->puppet->passes;
    for (guint i = 0; i < 1000; i++)
        enforcer_notify(&fixture->puppet->base);
    settle(fixture, 0);
    g_assert_cmpuint(fixture->puppet->passes - before, ==, 1);
    assert_log(fixture, "");
}

static void test_failure_is_retried(Fixture *fixture, gconstpointer data)
{
    fixture->puppet->fails = 2;
    close_lpd(fixture);
    assert_log(fixture, "violated;violation(RestrictLpdPort,puppet,the puppet is broken);"
                        "problems[puppet: the puppet is broken];");
    settle(fixture, G_TIME_SPAN_SECOND / 2);
    g_assert_cmpuint(fixture->puppet->passes, ==, 3);
    assert_log(fixture, "enforced;problems[];");
}

/* What does not hold is tried again, each time after a longer while. */
static void test_backoff_grows(Fixture *fixture, gconstpointer data)
{
    fixture->puppet->verdict = VERDICT_VIOLATED;
    close_lpd(fixture);
    assert_log(fixture, "violated;violation(RestrictLpdPort,puppet,half of it);");
    const gint64 start = g_get_monotonic_time();
    while (fixture->puppet->passes < 4)
        g_assert_cmpint(sd_event_run(fixture->event, UINT64_MAX), >=, 0);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 700 * G_TIME_SPAN_MILLISECOND);
    assert_log(fixture, "");
}

static void test_drift_is_announced(Fixture *fixture, gconstpointer data)
{
    close_lpd(fixture);
    assert_log(fixture, "enforced;");
    fixture->puppet->drifted = TRUE;
    reconciler_verify(fixture->reconciler);
    assert_log(fixture, "violation(RestrictLpdPort,puppet,was cut);"
                        "repaired(RestrictLpdPort,puppet,was cut);");
}

static void test_uncovered_effect_is_violated(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Plan) plan = plan_for("ProhibitUsbStorage");
    const CatalogItem *item = catalog_find_item("ProhibitUsbStorage");

    reconciler_set_plan(fixture->reconciler, plan);
    g_assert_cmpint(reconciler_item(fixture->reconciler, (guint)catalog_item_index(item))->state,
                    ==, ITEM_VIOLATED);
}

static void test_reports_decide_settings_items(Fixture *fixture, gconstpointer data)
{
    const char *const names[] = {NULL};
    const SettingsAgent agent = {":1.1", "audit.service", names, 0};
    g_autoptr(Plan) plan = plan_for("ForceAuditLog");
    const guint item = (guint)catalog_item_index(catalog_find_item("ForceAuditLog"));
    g_autoptr(GVariant) on = g_variant_ref_sink(g_variant_new_boolean(TRUE));
    g_autoptr(GVariant) off = g_variant_ref_sink(g_variant_new_boolean(FALSE));
    const SettingsClaim good[] = {{"AuditLog", on, ""}};
    const SettingsClaim mixed[] = {{"AuditLog", off, "disk full"}, {"NoSuchThing", off, ""}};
    g_autoptr(GError) error = NULL;

    reconciler_set_plan(fixture->reconciler, plan);
    const ItemStatus *status = reconciler_item(fixture->reconciler, item);
    g_assert_cmpint(status->state, ==, ITEM_PENDING);
    g_assert_cmpstr(status->detail, ==, "no agent has confirmed AuditLog");

    g_assert_true(reconciler_report(fixture->reconciler, &agent, good, 1, NULL));
    settle(fixture, 0);
    g_assert_cmpint(status->state, ==, ITEM_ENFORCED);
    g_assert_cmpint(status->verified_by, ==, VERIFIED_BY_AGENT);

    g_assert_false(reconciler_report(fixture->reconciler, &agent, mixed, 2, &error));
    settle(fixture, 0);
    g_assert_cmpint(status->state, ==, ITEM_ENFORCED);

    reconciler_forget(fixture->reconciler, agent.connection);
    settle(fixture, 0);
    g_assert_cmpint(status->state, ==, ITEM_PENDING);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add("/reconciler/" path, Fixture, NULL, set_up, test, tear_down)
    ADD("enforced is what was read back", test_enforced_when_read_back);
    ADD("a thousand events are one pass", test_events_are_coalesced);
    ADD("a failed pass is made again", test_failure_is_retried);
    ADD("retries become rarer", test_backoff_grows);
    ADD("a repaired drift is announced", test_drift_is_announced);
    ADD("an effect nobody answers for is violated", test_uncovered_effect_is_violated);
    ADD("items of settings follow the reports, all or none", test_reports_decide_settings_items);
    return g_test_run();
}
