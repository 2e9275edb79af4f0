/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-text.h"

#include <string.h>

#include "tests/unit/wireless-maker.h"

typedef struct Case {
    const char *name;
    WirelessUse prohibited;
    WirelessUse use; /* asked about */
    const char *exempt;
    const char *lan;
    const char *system;
    Verdict verdict;
    const char *detail;
} Case;

static const Case cases[] = {
    {"no-radio", 1, 1, NULL, NULL, "", VERDICT_HOLDS, "no radio here"},
    {"down", 2, 2, NULL, NULL, "radio phy0 4\nlink wlan0 0 2 down", VERDICT_HOLDS,
     "wlan0: station down"},
    {"up", 2, 2, NULL, NULL, "radio phy0 4\nlink wlan0 0 2 up", VERDICT_VIOLATED,
     "wlan0: station up"},
    {"other-use", 1, 1, NULL, NULL, "radio phy0 4\nlink wlan0 0 2 up", VERDICT_HOLDS,
     "phy0: no direct connection"},
    {"other-use-lan", 2, 2, NULL, NULL, "radio phy0 4\nlink ap0 0 3 up", VERDICT_HOLDS,
     "phy0: no wireless LAN"},
    {"blocked", 3, 2, NULL, NULL, "radio phy0 4 soft\nlink wlan0 0 2 down\ndevice 0 10",
     VERDICT_HOLDS, "wlan0: station down; phy0: blocked"},
    {"not-blocked", 3, 2, NULL, NULL, "radio phy0 4\nlink wlan0 0 2 down", VERDICT_VIOLATED,
     "wlan0: station down; phy0: not blocked"},
    {"device-on-a-blocked-radio", 3, 1, NULL, NULL, "radio phy0 4 soft\ndevice 0 10", VERDICT_HOLDS,
     "phy0: blocked"},
    {"device", 1, 1, NULL, NULL, "radio phy0 4\ndevice 0 10", VERDICT_VIOLATED,
     "phy0: Wi-Fi Direct device is there"},
    {"exempt", 3, 1, "phy0", NULL, "radio phy0 4\nlink ap0 0 3 up", VERDICT_PARTIAL,
     "phy0: left alone, as the device profile has it"},
    {"violated-is-worse-than-exempt", 1, 1, "phy0", NULL,
     "radio phy0 4\nradio phy1 5\nlink ap1 1 3 up", VERDICT_VIOLATED,
     "phy0: left alone, as the device profile has it; ap1: access point up"},
    {"radio-of-the-other-use", 1, 1, NULL, "phy0", "radio phy0 4\nradio phy1 5\nlink ap0 0 3 up",
     VERDICT_HOLDS, "phy1: no direct connection"},
    {"elsewhere", 1, 1, NULL, NULL, "radio phy0 4 soft elsewhere", VERDICT_HOLDS,
     "phy0 in another network namespace: blocked"},
    {"elsewhere-not-blocked", 1, 1, NULL, NULL, "radio phy0 4 elsewhere", VERDICT_VIOLATED,
     "phy0 in another network namespace: not blocked"},
    {"no-switch", 3, 2, NULL, NULL, "radio phy0 -\nlink wlan0 0 2 down", VERDICT_HOLDS,
     "wlan0: station down; phy0: cannot be blocked (it has no switch), its interfaces are kept "
     "down"},
    {"unknown-type", 1, 1, NULL, NULL, "radio phy0 4\nlink x 0 99 up", VERDICT_VIOLATED,
     "x: interface of an unknown type up"},
};

static void test_case(gconstpointer data)
{
    const Case *row = data;
    const char *exempt[] = {row->exempt, NULL}, *direct[] = {NULL}, *lan[] = {row->lan, NULL};
    const WirelessRules rules = {row->prohibited, exempt, direct, lan, TRUE, FALSE};
    g_autoptr(WirelessSystem) system = make_system(row->system);
    g_auto(WirelessFinding) finding = {0};

    wireless_finding_make(system, &rules, row->use, &finding);
    g_assert_cmpstr(finding.detail, ==, row->detail);
    g_assert_cmpint(finding.verdict, ==, row->verdict);
}

static void test_obstacle(void)
{
    const char *const list[] = {NULL};
    const WirelessRules rules = {WIRELESS_USE_ANY, list, list, list, TRUE, FALSE};
    g_autoptr(WirelessSystem) system = make_system("no-rfkill\nradio phy0 -");
    g_auto(WirelessFinding) finding = {0};

    system->obstacle = g_strdup("/dev/rfkill: Permission denied");
    wireless_finding_make(system, &rules, WIRELESS_USE_LAN, &finding);
    g_assert_cmpstr(finding.detail, ==,
                    "phy0: cannot be blocked (/dev/rfkill: Permission denied), its interfaces are "
                    "kept down");
    g_assert_cmpint(finding.verdict, ==, VERDICT_HOLDS);
}

static void test_obstacle_elsewhere(void)
{
    const char *const list[] = {NULL}, *const allowed[] = {"phy1", NULL};
    const WirelessRules rules = {WIRELESS_USE_LAN, list, allowed, list, TRUE, FALSE};
    g_autoptr(WirelessSystem) system =
        make_system("no-rfkill\nradio phy0 - elsewhere\nradio phy1 - elsewhere");
    g_auto(WirelessFinding) finding = {0};

    system->obstacle = g_strdup("/dev/rfkill: Permission denied");
    wireless_finding_make(system, &rules, WIRELESS_USE_LAN, &finding);
    g_assert_cmpstr(finding.detail, ==,
                    "phy0 in another network namespace: cannot be blocked (/dev/rfkill: Permission "
                    "denied)");
    g_assert_cmpint(finding.verdict, ==, VERDICT_VIOLATED);
}

static void test_kernel_without(void)
{
    const char *const list[] = {NULL};
    const WirelessRules rules = {WIRELESS_USE_ANY, list, list, list, TRUE, FALSE};
    g_autoptr(WirelessSystem) system = wireless_system_new();
    g_auto(WirelessFinding) finding = {0};

    wireless_finding_make(system, &rules, WIRELESS_USE_LAN, &finding);
    g_assert_cmpstr(finding.detail, ==, "this kernel has no wireless devices");
    g_assert_cmpint(finding.verdict, ==, VERDICT_HOLDS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/wireless-text/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/wireless-text/obstacle", test_obstacle);
    g_test_add_func("/wireless-text/obstacle-elsewhere", test_obstacle_elsewhere);
    g_test_add_func("/wireless-text/kernel-without", test_kernel_without);
    return g_test_run();
}
