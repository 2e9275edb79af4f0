/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/compliance.h"

static void test_reasons(void)
{
    static const struct {
        Compliance compliance;
        const char *reason;
    } cases[] = {
        {{"enforcing", 0, 0, NULL}, NULL},
        {{"enforcing", 0, 1, NULL}, "1 item pending"},
        {{"enforcing", 2, 0, NULL}, "2 items violated"},
        {{"enforcing", 1, 2, NULL}, "1 item violated, 2 items pending"},
        {{"no-policy", 0, 0, NULL}, "no policy is in force"},
        {{"starting", 0, 0, NULL}, "secpold is starting"},
        {{"degraded", 0, 0, "no nftables"}, "secpold is degraded: no nftables"},
        {{"degraded", 1, 0, "no nftables"}, "secpold is degraded: no nftables; 1 item violated"},
        {{"degraded", 0, 3, NULL}, "secpold is degraded; 3 items pending"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *reason = compliance_reason_against(&cases[i].compliance);
        g_assert_cmpstr(reason, ==, cases[i].reason);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compliance/reasons", test_reasons);
    return g_test_run();
}
