/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-report.h"

#include "daemon/enforce/wireless/wireless-decision.h"
#include "tests/unit/plan-maker.h"
#include "tests/unit/wireless-maker.h"

/* A station that has been set down, where that is prohibited. */
static WirelessUse report(WirelessUse held, WirelessUse fought, EnforcerReport *ret)
{
    WirelessAction action = {.kind = WIRELESS_LINK_DOWN, .uses = WIRELESS_USE_LAN};
    g_autofree char *found = g_strdup("wlan0: station was up");
    g_autoptr(Plan) plan = make_plan("ProhibitWirelessLan", "");
    g_autoptr(WirelessSystem) system = make_system("radio phy0 4\nlink wlan0 0 2 down");
    g_autoptr(GArray) stopped = g_array_new(FALSE, FALSE, sizeof(WirelessAction));
    const WirelessRules rules = wireless_rules_of_plan(plan);
    const WirelessOutcome outcome = {
        .system = system,
        .rules = &rules,
        .stopped = stopped,
        .held = held,
        .fought = fought,
        .noticed = 1,
    };

    action.found = found;
    g_array_append_val(stopped, action);
    return wireless_report(&outcome, ret);
}

static const Finding *only_finding(const EnforcerReport *made)
{
    g_assert_cmpuint(made->findings->len, ==, 1);
    return &g_array_index(made->findings, Finding, 0);
}

static void test_stopped_is_repaired(void)
{
    g_autoptr(EnforcerReport) made = enforcer_report_new();

    g_assert_cmpuint(report(WIRELESS_USE_LAN, WIRELESS_USE_DIRECT, made), ==, WIRELESS_USE_LAN);
    g_assert_cmpint(only_finding(made)->verdict, ==, VERDICT_HOLDS);
    g_assert_cmpstr(only_finding(made)->detail, ==, "wlan0: station down");
    g_assert_cmpuint(made->drifts->len, ==, 1);
    g_assert_true(g_array_index(made->drifts, Drift, 0).repaired);
}

/* One drift as it begins, none while it goes on. */
static void test_fight_is_a_violation(void)
{
    g_autoptr(EnforcerReport) first = enforcer_report_new();
    g_autoptr(EnforcerReport) second = enforcer_report_new();
    const WirelessUse held = report(WIRELESS_USE_LAN, WIRELESS_USE_LAN, first);

    g_assert_cmpuint(held, ==, WIRELESS_USE_NONE);
    g_assert_cmpint(only_finding(first)->verdict, ==, VERDICT_VIOLATED);
    g_assert_cmpstr(only_finding(first)->detail, ==,
                    "wlan0: station down; somebody takes it into use without a pause");
    g_assert_cmpuint(first->drifts->len, ==, 1);
    g_assert_false(g_array_index(first->drifts, Drift, 0).repaired);

    g_assert_cmpuint(report(held, WIRELESS_USE_LAN, second), ==, WIRELESS_USE_NONE);
    g_assert_cmpint(only_finding(second)->verdict, ==, VERDICT_VIOLATED);
    g_assert_cmpuint(second->drifts->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wireless-report/stopped-is-repaired", test_stopped_is_repaired);
    g_test_add_func("/wireless-report/fight-is-a-violation", test_fight_is_a_violation);
    return g_test_run();
}
