/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What links of the kernel's classes tell, where switches cannot be reached: in a mount namespace
 * with classes of the test's making, as only the text of their links is read. */
#include "daemon/enforce/wireless/wireless-scan.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#define CLASS "/sys/class/rfkill"

static gboolean make_own_sys(void)
{
    /* The kernel does not look at the type, but valgrind wants one that can be read. */
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", "/sys", "tmpfs", 0, NULL) == 0 && g_mkdir_with_parents(CLASS, 0755) == 0;
}

static void test_radios_of_links(void)
{
    g_assert_no_errno(
        symlink("../../devices/virtual/card/ieee80211/phy3/rfkill7", CLASS "/rfkill7"));
    g_assert_no_errno(symlink("../../devices/virtual/bluetooth/hci0/rfkill8", CLASS "/rfkill8"));
    g_assert_no_errno(symlink("../../devices/virtual/card/ieee80211/phy4/rfkill9", CLASS "/other"));

    g_autoptr(WirelessSystem) system = wireless_scan(NULL, NULL, NULL, NULL);
    g_assert_nonnull(system);
    g_assert_false(system->rfkill);
    g_assert_cmpuint(system->switches->len, ==, 0);
    g_assert_cmpuint(system->radios->len, ==, 1);
    const WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, 0);
    g_assert_cmpstr(radio->name, ==, "phy3");
    g_assert_cmpstr(radio->path, ==, "/devices/virtual/card/ieee80211/phy3");
    g_assert_cmpint(radio->rfkill, ==, 7);
    g_assert_false(radio->in_sight);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!make_own_sys()) {
        g_print("1..0 # SKIP mount namespaces need root\n");
        return 0;
    }
    g_test_add_func("/wireless-scan/radios-of-links", test_radios_of_links);
    return g_test_run();
}
