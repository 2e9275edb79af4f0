/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/plan-diff.h"

#include <netinet/in.h>
#include <string.h>

static Policy *policy_for(const char *keys)
{
    Policy *policy = policy_new("test", 1);
    g_auto(GStrv) words = g_strsplit(keys, " ", -1);

    for (gsize i = 0; words[i]; i++) {
        const CatalogItem *item = catalog_find_item(words[i]);

        if (*words[i])
            policy_request(policy, item, item->minimum);
    }
    return policy;
}

static Plan *plan_of(Policy *policy, const char *profile_text)
{
    g_autoptr(Policy) owned = policy;
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {
        .name = "device.conf",
        .text = profile_text,
        .length = strlen(profile_text),
    };
    g_autoptr(DeviceProfile) profile = device_profile_parse(&source, 1, diagnostics);

    g_assert_nonnull(profile);
    return plan_new(owned, profile, TRUE);
}

static void append_ports(GString *text, char sign, const GArray *ports)
{
    for (guint i = 0; i < ports->len; i++) {
        const ProtocolPorts *run = &g_array_index(ports, ProtocolPorts, i);

        g_string_append_printf(text, " %c%u", sign, run->range.first);
        if (run->range.last > run->range.first)
            g_string_append_printf(text, "-%u", run->range.last);
        g_string_append(text, run->protocol == IPPROTO_TCP ? "/tcp" : "/udp");
    }
}

/* A line an item: "KEY: FROM -> TO", then what it closes (+) and opens (-). Takes the plans. */
static void assert_diff(Plan *from, Plan *to, const char *expected)
{
    g_autoptr(GPtrArray) changes = plan_diff(from, to);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < changes->len; i++) {
        const PlanChange *change = g_ptr_array_index(changes, i);
        g_autofree char *old = g_variant_print(change->from, FALSE);
        g_autofree char *new = g_variant_print(change->to, FALSE);

        g_string_append_printf(text, "%s: %s -> %s", catalog_items[change->item].key, old, new);
        append_ports(text, '+', change->closes);
        append_ports(text, '-', change->opens);
        g_string_append_c(text, '\n');
    }
    g_assert_cmpstr(text->str, ==, expected);
    plan_unref(from);
    plan_unref(to);
}

static void assert_diff_of(const char *from, const char *to, const char *expected)
{
    assert_diff(plan_of(policy_for(from), ""), plan_of(policy_for(to), ""), expected);
}

static void test_nothing(void)
{
    assert_diff_of("", "", "");
    assert_diff_of("RestrictLpdPort EnableLockout MinimumPasswordLength",
                   "RestrictLpdPort EnableLockout MinimumPasswordLength", "");
}

static void test_items_come_and_go(void)
{
    assert_diff_of("RestrictLpdPort RestrictRawPort", "ProhibitGuestUsers RestrictRawPort",
                   "RestrictLpdPort: true -> false -515/tcp -515/udp\n"
                   "ProhibitGuestUsers: false -> true\n");
    assert_diff_of("", "RestrictSmbPort",
                   "RestrictSmbPort: false -> true +137-139/tcp +445/tcp +137-139/udp +445/udp\n");
}

static void test_numbers(void)
{
    g_autoptr(Policy) eight = policy_for("MinimumPasswordLength");
    Policy *nine = policy_for("MinimumPasswordLength");

    eight->items[catalog_item_index(catalog_find_item("MinimumPasswordLength"))].number = 8;
    nine->items[catalog_item_index(catalog_find_item("MinimumPasswordLength"))].number = 9;
    assert_diff(plan_of(g_steal_pointer(&eight), ""), plan_of(nine, ""),
                "MinimumPasswordLength: 8 -> 9\n");
    assert_diff_of("", "PasswordValidityDays", "PasswordValidityDays: 0 -> 1\n");
}

static void test_parameters(void)
{
    Policy *longer = policy_for("EnableLockout");
    Policy *named = policy_for("ForceSntp");

    longer->items[catalog_item_index(catalog_find_item("EnableLockout"))].parameters[1] = 9;
    assert_diff(plan_of(policy_for("EnableLockout"), ""), plan_of(longer, ""),
                "EnableLockout: "
                "(<true>, {'LockoutThreshold': <uint32 3>, 'LockoutPeriodMin': <uint32 3>}) -> "
                "(<true>, {'LockoutThreshold': <uint32 3>, 'LockoutPeriodMin': <uint32 9>})\n");
    assert_diff_of("ForceAutoLogout", "",
                   "ForceAutoLogout: (<true>, {'AutoLogoutSec': <uint32 120>}) -> false\n");

    named->items[catalog_item_index(catalog_find_item("ForceSntp"))].host = g_strdup("ntp.test");
    assert_diff(plan_of(policy_for("ForceSntp"), ""), plan_of(named, ""),
                "ForceSntp: true -> (<true>, {'SntpServer': <'ntp.test'>})\n");
}

static void test_profile_ports(void)
{
    assert_diff(plan_of(policy_for("RestrictIppPort"), ""),
                plan_of(policy_for("RestrictIppPort"), "[Ports]\nRestrictIppPort=8000-8002/tcp\n"),
                "RestrictIppPort: true -> true +8000-8002/tcp\n");
    assert_diff(plan_of(policy_for("RestrictIppPort"), ""),
                plan_of(policy_for("RestrictIppPort"), "[Narrow]\nRestrictIppPort=631/tcp\n"),
                "RestrictIppPort: true -> true -631/udp\n");
    assert_diff(plan_of(policy_for(""), ""),
                plan_of(policy_for(""), "[Ports]\nRestrictIppPort=8000-8002/tcp\n"), "");
}

static void test_profile_exemption(void)
{
    assert_diff(
        plan_of(policy_for("RestrictIppPort EnableLockout"), ""),
        plan_of(policy_for("RestrictIppPort EnableLockout"), "[Narrow]\nExemptInterfaces=usb0\n"),
        "RestrictIppPort: true -> true\n");
}

static void test_profile_function(void)
{
    const char *without = "[Functions]\nIpp=no\n";

    assert_diff(plan_of(policy_for("RestrictIppPort"), ""),
                plan_of(policy_for("RestrictIppPort"), without),
                "RestrictIppPort: true -> true -631/tcp -631/udp\n");
    assert_diff(plan_of(policy_for("RestrictIppPort"), without),
                plan_of(policy_for("RestrictIppPort"), ""),
                "RestrictIppPort: true -> true +631/tcp +631/udp\n");
    assert_diff(plan_of(policy_for("RestrictIppPort"), without), plan_of(policy_for(""), without),
                "RestrictIppPort: true -> false\n");
    assert_diff(plan_of(policy_for(""), ""), plan_of(policy_for(""), without), "");
}

/* A port that stays closed by another item neither closes nor opens. */
static void test_shared_ports(void)
{
    const char *shared = "[Ports]\nRestrictLpdPort=9100/tcp\n";

    assert_diff(plan_of(policy_for("RestrictLpdPort"), shared),
                plan_of(policy_for("RestrictRawPort"), shared),
                "RestrictLpdPort: true -> false -515/tcp -515/udp\n"
                "RestrictRawPort: false -> true +9100/udp\n");
    assert_diff(plan_of(policy_for("RestrictLpdPort RestrictRawPort"), shared),
                plan_of(policy_for("RestrictLpdPort"), shared),
                "RestrictRawPort: true -> false -9100/udp\n");
}

static void test_snmp_filter_is_not_closed(void)
{
    assert_diff_of("ProhibitSnmpV1", "RestrictSnmpPort",
                   "ProhibitSnmpV1: true -> false\n"
                   "RestrictSnmpPort: false -> true +161/udp\n");
    assert_diff_of("ProhibitSnmpV1 RestrictSnmpPort", "ProhibitSnmpV1",
                   "RestrictSnmpPort: true -> false -161/udp\n");
    assert_diff_of("RestrictSnmpPort", "ProhibitSnmpV1 RestrictSnmpPort",
                   "ProhibitSnmpV1: false -> true\n");
    assert_diff_of("", "ProhibitSnmpV1", "ProhibitSnmpV1: false -> true +161/tcp +161/udp\n");
    assert_diff(plan_of(policy_for("ProhibitSnmpV1"), ""),
                plan_of(policy_for("ProhibitSnmpV1"), "[Ports]\nProhibitSnmpV1=1161/udp\n"),
                "ProhibitSnmpV1: true -> true +1161/udp\n");
}

static void test_order_is_the_catalogs(void)
{
    g_autoptr(Policy) none = policy_new("none", 1);
    Policy *all = policy_new("all", 1);
    g_autoptr(DeviceProfile) profile = device_profile_new();

    for (gsize i = CATALOG_N_ITEMS; i-- > 0;)
        policy_request(all, &catalog_items[i], catalog_items[i].minimum);

    g_autoptr(Plan) from = plan_new(none, profile, TRUE);
    g_autoptr(Plan) to = plan_of(all, "");
    g_autoptr(GPtrArray) changes = plan_diff(from, to);

    g_assert_cmpuint(changes->len, ==, CATALOG_N_ITEMS);
    for (guint i = 0; i < changes->len; i++)
        g_assert_cmpuint(((const PlanChange *)g_ptr_array_index(changes, i))->item, ==, i);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan-diff/nothing", test_nothing);
    g_test_add_func("/plan-diff/items-come-and-go", test_items_come_and_go);
    g_test_add_func("/plan-diff/numbers", test_numbers);
    g_test_add_func("/plan-diff/parameters", test_parameters);
    g_test_add_func("/plan-diff/profile-ports", test_profile_ports);
    g_test_add_func("/plan-diff/profile-exemption", test_profile_exemption);
    g_test_add_func("/plan-diff/profile-function", test_profile_function);
    g_test_add_func("/plan-diff/shared-ports", test_shared_ports);
    g_test_add_func("/plan-diff/snmp-filter-is-not-closed", test_snmp_filter_is_not_closed);
    g_test_add_func("/plan-diff/order-is-the-catalogs", test_order_is_the_catalogs);
    return g_test_run();
}
