/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/plan.h"

#include <netinet/in.h>
#include <string.h>

#define SMALL_OFFICE SOURCE_ROOT "/policy-examples/device-profiles/small-office.conf"

static const CatalogItem *find_item(const char *key)
{
    const CatalogItem *item = catalog_find_item(key);

    g_assert_nonnull(item);
    return item;
}

static const PlanItem *plan_item(const Plan *plan, const char *key)
{
    return &plan->items[catalog_item_index(find_item(key))];
}

static const PlanSetting *plan_setting(const Plan *plan, const char *name)
{
    const CatalogSetting *setting = catalog_find_setting(name);

    g_assert_nonnull(setting);
    return &plan->settings[catalog_setting_index(setting)];
}

static DeviceProfile *profile_from(const char *text)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {
        .name = "device.conf", .text = text, .length = strlen(text)};
    DeviceProfile *profile = device_profile_parse(&source, 1, diagnostics);

    g_assert_nonnull(profile);
    return profile;
}

/* A policy that asks for the items in @keys, separated by blanks; NULL: for all of them. */
static Policy *policy_for(const char *keys)
{
    Policy *policy = policy_new("test", 1);
    g_auto(GStrv) words = g_strsplit(keys ? keys : "", " ", -1);

    for (gsize i = 0; !keys && i < CATALOG_N_ITEMS; i++)
        policy_request(policy, &catalog_items[i], catalog_items[i].minimum);
    for (gsize i = 0; words[i]; i++)
        if (*words[i])
            policy_request(policy, find_item(words[i]), find_item(words[i])->minimum);
    return policy;
}

/* Neither policy nor profile is there any more when the plan is looked at. */
static Plan *plan_for(const char *keys, const char *profile_text)
{
    g_autoptr(Policy) policy = policy_for(keys);
    g_autoptr(DeviceProfile) profile = profile_from(profile_text);

    return plan_new(policy, profile, TRUE);
}

static void append_run(GString *text, const ProtocolPorts *run)
{
    g_string_append(text, run->protocol == IPPROTO_TCP ? "tcp " : "udp ");
    g_assert_true(run->protocol == IPPROTO_TCP || run->protocol == IPPROTO_UDP);
    g_string_append_printf(text, "%u", run->range.first);
    if (run->range.last != run->range.first)
        g_string_append_printf(text, "-%u", run->range.last);
}

static void assert_closures(const Plan *plan, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < plan->closures->len; i++) {
        const PlanClosure *closure = &g_array_index(plan->closures, PlanClosure, i);

        append_run(text, &closure->ports);
        g_string_append_printf(text, " %s\n", catalog_items[closure->item].key);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void assert_item_ports(const Plan *plan, const char *key, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const GArray *ports = plan_item(plan, key)->ports;

    for (guint i = 0; i < ports->len; i++) {
        append_run(text, &g_array_index(ports, ProtocolPorts, i));
        g_string_append_c(text, '\n');
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void assert_setting(const Plan *plan, const char *name, gboolean available,
                           const char *locked_to, const char *required_by)
{
    const PlanSetting *setting = plan_setting(plan, name);
    g_autofree char *value = g_variant_print(setting->value, TRUE);
    g_autoptr(GString) items = g_string_new(NULL);

    for (guint i = 0; i < setting->required_by->len; i++) {
        const CatalogItem *item = g_ptr_array_index(setting->required_by, i);

        g_string_append_printf(items, "%s%s", i ? " " : "", item->key);
    }
    g_assert_cmpint(setting->available, ==, available);
    g_assert_cmpint(setting->locked, ==, locked_to != NULL);
    if (locked_to)
        g_assert_cmpstr(value, ==, locked_to);
    g_assert_cmpstr(items->str, ==, required_by);
}

static void assert_settings_are_free(const Plan *plan)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const char *type = catalog_settings[i].type;
        g_autofree char *value = g_variant_print(plan->settings[i].value, TRUE);

        g_assert_false(plan->settings[i].locked);
        g_assert_cmpuint(plan->settings[i].required_by->len, ==, 0);
        g_assert_cmpstr(value, ==, *type == 'b' ? "false" : *type == 'u' ? "uint32 0" : "''");
    }
}

static void test_empty(void)
{
    g_autoptr(DeviceProfile) profile = device_profile_new();
    g_autoptr(Plan) plan = plan_new_empty(profile);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_assert_false(plan->items[i].requested);
        g_assert_true(plan->items[i].available);
        g_assert_false(plan->items[i].active);
    }
    assert_closures(plan, "");
    assert_settings_are_free(plan);
    g_assert_cmpuint(g_strv_length(plan->exempt_interfaces), ==, 0);
    g_assert_cmpuint(g_strv_length(plan->exempt_udcs), ==, 0);
    g_assert_cmpuint(g_strv_length(plan->exempt_usb_ports), ==, 0);
    g_assert_cmpuint(g_strv_length(plan->exempt_radios), ==, 0);
    g_assert_cmpuint(g_strv_length(plan->direct_radios), ==, 0);
    g_assert_cmpuint(g_strv_length(plan->lan_radios), ==, 0);
    g_assert_cmpuint(plan->log_group, ==, DEVICE_PROFILE_DEFAULT_LOG_GROUP);
    g_assert_true(plan->table_owner);
    assert_item_ports(plan, "RestrictLpdPort", "tcp 515\nudp 515\n");
    assert_item_ports(plan, "ProhibitGuestUsers", "");
    assert_item_ports(plan, "ProhibitUsbStorage", "");
    plan_unref(NULL);
}

/* What the trade's documents list, by port; closed once for each protocol. */
static const char *const all_closures[] = {
    "21 RestrictFtpPort",
    "25 RestrictSmtpPort",
    "137-139 RestrictSmbPort",
    "161 RestrictSnmpPort",
    "427 RestrictSlpPort",
    "445 RestrictSmbPort",
    "515 RestrictLpdPort",
    "631 RestrictIppPort",
    "1900 RestrictBmlinksPort",
    "3702 RestrictWsdPort",
    "5004-5005 RestrictSipPort",
    "5060-5061 RestrictSipPort",
    "5353 RestrictMdnsPort",
    "5900 RestrictRemoteOperatorPort",
    "9002 RestrictDedicatedPort",
    "9006-9007 RestrictDedicatedPort",
    "9011-9015 RestrictDedicatedPort",
    "9017-9019 RestrictDedicatedPort",
    "9022-9023 RestrictDedicatedPort",
    "9025 RestrictDedicatedPort",
    "9100 RestrictRawPort",
    "20317 RestrictDedicatedPort",
    "47545-47547 RestrictDedicatedPort",
    "49152 RestrictSipPort",
    "60000 RestrictWsdPort",
};

static void assert_all_closed(const Plan *plan)
{
    g_autoptr(GString) expected = g_string_new(NULL);

    for (gsize i = 0; i < 2 * G_N_ELEMENTS(all_closures); i++)
        g_string_append_printf(expected, "%s %s\n", i < G_N_ELEMENTS(all_closures) ? "tcp" : "udp",
                               all_closures[i % G_N_ELEMENTS(all_closures)]);
    assert_closures(plan, expected->str);
}

static void test_everything(void)
{
    g_autoptr(Plan) plan = plan_for(NULL, "");

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_assert_true(plan->items[i].active);
        g_assert_null(plan->items[i].narrowed);
    }
    assert_all_closed(plan);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_assert_cmpint(plan->settings[i].locked, ==,
                        strcmp(catalog_settings[i].name, "SntpServer") != 0);
}

static void test_closed_ports(void)
{
    g_autoptr(Plan) plan = plan_for("RestrictSmbPort RestrictIppPort", "[Narrow]\n"
                                                                       "RestrictIppPort=631/tcp\n");
    PortSet set;

    memset(&set, 0xff, sizeof(set));
    plan_closed_ports(plan, IPPROTO_TCP, &set);
    g_autofree char *tcp = port_set_to_string(&set);

    plan_closed_ports(plan, IPPROTO_UDP, &set);
    g_autofree char *udp = port_set_to_string(&set);

    g_assert_cmpstr(tcp, ==, "137-139,445,631");
    g_assert_cmpstr(udp, ==, "137-139,445");
}

static void test_snmp_filter_alone(void)
{
    g_autoptr(Plan) plan = plan_for("ProhibitSnmpV1", "");

    assert_closures(plan, "tcp 161 ProhibitSnmpV1\nudp 161 ProhibitSnmpV1\n");
}

static void test_snmp_whole_closer_goes_first(void)
{
    g_autoptr(Plan) plan = plan_for("ProhibitSnmpV1 RestrictSnmpPort", "");

    assert_closures(plan, "tcp 161 RestrictSnmpPort\nudp 161 RestrictSnmpPort\n");
}

static void test_snmp_filter_stays_where_the_closer_is_narrowed(void)
{
    g_autoptr(Plan) plan =
        plan_for("ProhibitSnmpV1 RestrictSnmpPort", "[Narrow]\nRestrictSnmpPort=161/tcp\n");

    assert_closures(plan, "tcp 161 RestrictSnmpPort\nudp 161 ProhibitSnmpV1\n");
    g_assert_nonnull(plan_item(plan, "RestrictSnmpPort")->narrowed);
    g_assert_null(plan_item(plan, "ProhibitSnmpV1")->narrowed);
}

static void test_first_item_gets_a_shared_port(void)
{
    const char *profile = "[Ports]\nRestrictLpdPort=9099-9101/tcp\n";
    g_autoptr(Plan) both = plan_for("RestrictLpdPort RestrictRawPort", profile);
    g_autoptr(Plan) raw = plan_for("RestrictRawPort", profile);

    assert_closures(both, "tcp 515 RestrictLpdPort\n"
                          "tcp 9099-9101 RestrictLpdPort\n"
                          "udp 515 RestrictLpdPort\n"
                          "udp 9100 RestrictRawPort\n");
    assert_item_ports(both, "RestrictRawPort", "tcp 9100\nudp 9100\n");
    assert_closures(raw, "tcp 9100 RestrictRawPort\nudp 9100 RestrictRawPort\n");
}

static void test_adjacent_ports_of_one_item_merge(void)
{
    g_autoptr(Plan) plan =
        plan_for("RestrictLpdPort RestrictRawPort", "[Ports]\nRestrictRawPort=516/tcp 9101/tcp\n");

    assert_closures(plan, "tcp 515 RestrictLpdPort\n"
                          "tcp 516 RestrictRawPort\n"
                          "tcp 9100-9101 RestrictRawPort\n"
                          "udp 515 RestrictLpdPort\n"
                          "udp 9100 RestrictRawPort\n");
}

static void test_absent_function_has_no_effect(void)
{
    g_autoptr(Plan) plan = plan_for("RestrictLpdPort RestrictRawPort", "[Functions]\nLpd=no\n");
    const PlanItem *lpd = plan_item(plan, "RestrictLpdPort");

    g_assert_true(lpd->requested);
    g_assert_false(lpd->available);
    g_assert_false(lpd->active);
    assert_closures(plan, "tcp 9100 RestrictRawPort\nudp 9100 RestrictRawPort\n");
    assert_setting(plan, "LpdPrinting", FALSE, NULL, "");
    assert_setting(plan, "RawPrinting", TRUE, "false", "RestrictRawPort");
}

static void test_setting_of_several_items(void)
{
    g_autoptr(Plan) both = plan_for("RestrictMdnsPort RestrictIppPort", "");
    g_autoptr(Plan) one = plan_for("RestrictMdnsPort", "");
    g_autoptr(Plan) no_ipp = plan_for("RestrictMdnsPort RestrictIppPort", "[Functions]\nIpp=no\n");
    g_autoptr(Plan) neither = plan_for("RestrictMdnsPort", "[Functions]\nIpp=no\nMdns=no\n");
    g_autoptr(Plan) snmp = plan_for("RestrictSnmpPort ProhibitSnmpV1", "");

    assert_setting(both, "MobilePrinting", TRUE, "false", "RestrictIppPort RestrictMdnsPort");
    assert_setting(one, "MobilePrinting", TRUE, "false", "RestrictMdnsPort");
    assert_setting(no_ipp, "MobilePrinting", TRUE, "false", "RestrictMdnsPort");
    assert_setting(no_ipp, "IppPrinting", FALSE, NULL, "");
    assert_setting(neither, "MobilePrinting", FALSE, NULL, "");
    assert_setting(snmp, "SnmpV1", TRUE, "false", "ProhibitSnmpV1 RestrictSnmpPort");
    assert_setting(snmp, "SnmpV3", TRUE, "false", "RestrictSnmpPort");
}

static void test_setting_with_a_function_of_its_own(void)
{
    g_autoptr(Plan) plan = plan_for("AlwaysVerifyServerCertificate", "[Functions]\nLdapAuth=no\n");

    assert_setting(plan, "LdapAuthVerifyCertificate", FALSE, NULL, "");
    assert_setting(plan, "LdapSearchVerifyCertificate", TRUE, "true",
                   "AlwaysVerifyServerCertificate");
}

static void test_setting_values(void)
{
    g_autoptr(Plan) plan = plan_for(NULL, "");

    assert_setting(plan, "NetworkInterface", TRUE, "'wired'", "ProhibitWirelessLan");
    assert_setting(plan, "DedicatedPortAuthMethod", TRUE, "'mode2'",
                   "ProhibitCleartextAuthentication");
    assert_setting(plan, "PasswordMaximumRepeat", TRUE, "uint32 2", "ProhibitRepeatedCharacters");
    assert_setting(plan, "PasswordMinimumLength", TRUE, "uint32 1", "MinimumPasswordLength");
    assert_setting(plan, "AutoLogout", TRUE, "true", "ForceAutoLogout");
    assert_setting(plan, "AutoLogoutSec", TRUE, "uint32 120", "ForceAutoLogout");
    assert_setting(plan, "Sntp", TRUE, "true", "ForceSntp");
    assert_setting(plan, "SntpServer", TRUE, NULL, "");
}

static void test_setting_values_from_the_policy(void)
{
    g_autoptr(Policy) policy = policy_new("test", 1);
    g_autoptr(DeviceProfile) profile = device_profile_new();
    PolicyItem *lockout = &policy->items[catalog_item_index(find_item("EnableLockout"))];

    policy_request(policy, find_item("MinimumPasswordLength"), 12);
    policy_request(policy, find_item("EnableLockout"), 0);
    lockout->parameters[0] = 5;
    lockout->parameters[1] = 30;
    policy_request(policy, find_item("ForceSntp"), 0);
    policy->items[catalog_item_index(find_item("ForceSntp"))].host = g_strdup("ntp.example.com");

    g_autoptr(Plan) plan = plan_new(policy, profile, TRUE);

    assert_setting(plan, "PasswordMinimumLength", TRUE, "uint32 12", "MinimumPasswordLength");
    assert_setting(plan, "LockoutThreshold", TRUE, "uint32 5", "EnableLockout");
    assert_setting(plan, "LockoutPeriodMin", TRUE, "uint32 30", "EnableLockout");
    assert_setting(plan, "SntpServer", TRUE, "'ntp.example.com'", "ForceSntp");
}

static void test_fallback_locks_no_setting(void)
{
    g_autoptr(Policy) policy = policy_new_fallback();
    g_autoptr(DeviceProfile) profile = device_profile_new();
    g_autoptr(Plan) plan = plan_new(policy, profile, FALSE);

    assert_settings_are_free(plan);
    g_assert_true(plan_item(plan, "ProhibitUsbStorage")->active);
    g_assert_false(plan_item(plan, "ProhibitUsbDevice")->active);
    assert_all_closed(plan);
}

static void test_profile_particulars(void)
{
    g_autoptr(Plan) plan = plan_for("RestrictLpdPort ProhibitSnmpV1 ProhibitUsbStorage",
                                    "[Narrow]\nExemptInterfaces=usb0 eth1\n"
                                    "[Firewall]\nLogGroup=77\nTableOwner=no\n"
                                    "[Agents]\nWeakEncryption=com.example.Ui secpol-agent\n");
    const char *const *agents = plan_setting(plan, "WeakEncryption")->agents;

    g_assert_cmpstr(plan->exempt_interfaces[0], ==, "usb0");
    g_assert_cmpstr(plan->exempt_interfaces[1], ==, "eth1");
    g_assert_null(plan->exempt_interfaces[2]);
    g_assert_cmpuint(plan->log_group, ==, 77);
    g_assert_false(plan->table_owner);
    g_assert_cmpstr(agents[0], ==, "com.example.Ui");
    g_assert_cmpstr(agents[1], ==, "secpol-agent");
    g_assert_null(agents[2]);
    g_assert_null(plan_setting(plan, "WeakKeys")->agents);

    g_assert_nonnull(strstr(plan_item(plan, "RestrictLpdPort")->narrowed, "usb0"));
    g_assert_nonnull(strstr(plan_item(plan, "ProhibitSnmpV1")->narrowed, "eth1"));
    g_assert_null(plan_item(plan, "ProhibitUsbStorage")->narrowed);
    g_assert_null(plan_item(plan, "ProhibitGuestUsers")->narrowed);
}

static void assert_words(GStrv words, const char *expected)
{
    g_autofree char *text = g_strjoinv(" ", words);

    g_assert_cmpstr(text, ==, expected);
}

static void test_hardware(void)
{
    g_autoptr(Plan) plan =
        plan_for("ProhibitUsbDevice", "[Usb]\nExemptControllers=udc0 udc1\nExemptPorts=1-1.4\n"
                                      "[Wireless]\nExemptRadios=phy0\nDirectRadios=phy1\n"
                                      "LanRadios=phy2 /devices/a\n");

    assert_words(plan->exempt_udcs, "udc0 udc1");
    assert_words(plan->exempt_usb_ports, "1-1.4");
    assert_words(plan->exempt_radios, "phy0");
    assert_words(plan->direct_radios, "phy1");
    assert_words(plan->lan_radios, "phy2 /devices/a");
    g_assert_cmpstr(plan_item(plan, "ProhibitUsbDevice")->narrowed, ==,
                    "USB device controllers left alone: udc0, udc1");
    g_assert_cmpstr(plan_item(plan, "ProhibitUsbStorage")->narrowed, ==,
                    "USB ports left alone: 1-1.4");
}

/* @profile on a device where the items in @keys are asked for. */
static void assert_wireless_narrowed(const char *keys, const char *profile, const char *direct,
                                     const char *lan)
{
    g_autoptr(Plan) plan = plan_for(keys, profile);

    g_assert_cmpstr(plan_item(plan, "ProhibitDirectConnection")->narrowed, ==, direct);
    g_assert_cmpstr(plan_item(plan, "ProhibitWirelessLan")->narrowed, ==, lan);
}

/* With both items no use of such a radio is left, whatever it counts as. */
static void test_radios_of_the_other_kind_narrow_an_item_that_stands_alone(void)
{
    const char *radios = "[Wireless]\nDirectRadios=phy1 phy2\nLanRadios=phy3\n";
    const char *exempt = "[Wireless]\nExemptRadios=phy0\nDirectRadios=phy1\n";

    assert_wireless_narrowed("ProhibitDirectConnection", radios,
                             "radios that count as wireless LAN: phy3", NULL);
    assert_wireless_narrowed("ProhibitWirelessLan", radios, NULL,
                             "radios that count as direct connection: phy1, phy2");
    assert_wireless_narrowed("ProhibitDirectConnection ProhibitWirelessLan", radios, NULL, NULL);
    assert_wireless_narrowed("ProhibitWirelessLan", exempt, "radios left alone: phy0",
                             "radios left alone: phy0; radios that count as direct connection: "
                             "phy1");
    assert_wireless_narrowed("ProhibitDirectConnection ProhibitWirelessLan", exempt,
                             "radios left alone: phy0", "radios left alone: phy0");
    assert_wireless_narrowed("ProhibitDirectConnection ProhibitWirelessLan",
                             "[Functions]\nDirectConnection=no\n[Wireless]\nDirectRadios=phy1\n",
                             NULL, "radios that count as direct connection: phy1");
}

/* The items that have an effect on the documented small-office device. */
static const char *const small_office_items[] = {
    "ProhibitDirectConnection",
    "ProhibitWirelessLan",
    "ProhibitUsbDevice",
    "ProhibitUsbStorage",
    "AlwaysVerifyServerCertificate",
    "ProhibitCleartextAuthentication",
    "ProhibitSnmpV1",
    "RestrictLpdPort",
    "RestrictRawPort",
    "RestrictWsdPort",
    "RestrictIppPort",
    "RestrictDedicatedPort",
    "RestrictMdnsPort",
    "RestrictSlpPort",
    "RestrictSnmpPort",
    "EnableLockout",
    "ProhibitWeakEncryption",
    "ProhibitWeakKeys",
    "AllowRegisteredAddressesOnly",
    "ForceFaxNumberConfirmation",
    "ProhibitAutoForwarding",
    NULL,
};

static void test_small_office(void)
{
    g_autofree char *profile = NULL;

    g_assert_true(g_file_get_contents(SMALL_OFFICE, &profile, NULL, NULL));

    g_autoptr(Plan) plan = plan_for(NULL, profile);
    guint n_available = 0;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        g_assert_cmpint(plan->items[i].available, ==,
                        g_strv_contains(small_office_items, catalog_items[i].key));
        g_assert_cmpint(plan->items[i].active, ==, plan->items[i].available);
        n_available += plan->items[i].available;
    }
    g_assert_cmpuint(n_available, ==, 21);
    g_assert_cmpuint(CATALOG_N_ITEMS - n_available, ==, 24);
}

static void test_references(void)
{
    g_autoptr(Plan) plan = plan_for("RestrictLpdPort", "");
    Plan *second = plan_ref(plan);

    g_assert_true(second == plan);
    plan_unref(second);
    g_assert_true(plan_item(plan, "RestrictLpdPort")->active);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/empty", test_empty);
    g_test_add_func("/plan/everything", test_everything);
    g_test_add_func("/plan/closed-ports", test_closed_ports);
    g_test_add_func("/plan/snmp-filter-alone", test_snmp_filter_alone);
    g_test_add_func("/plan/snmp-whole-closer-goes-first", test_snmp_whole_closer_goes_first);
    g_test_add_func("/plan/snmp-filter-stays-where-the-closer-is-narrowed",
                    test_snmp_filter_stays_where_the_closer_is_narrowed);
    g_test_add_func("/plan/first-item-gets-a-shared-port", test_first_item_gets_a_shared_port);
    g_test_add_func("/plan/adjacent-ports-of-one-item-merge",
                    test_adjacent_ports_of_one_item_merge);
    g_test_add_func("/plan/absent-function-has-no-effect", test_absent_function_has_no_effect);
    g_test_add_func("/plan/setting-of-several-items", test_setting_of_several_items);
    g_test_add_func("/plan/setting-with-a-function-of-its-own",
                    test_setting_with_a_function_of_its_own);
    g_test_add_func("/plan/setting-values", test_setting_values);
    g_test_add_func("/plan/setting-values-from-the-policy", test_setting_values_from_the_policy);
    g_test_add_func("/plan/fallback-locks-no-setting", test_fallback_locks_no_setting);
    g_test_add_func("/plan/profile-particulars", test_profile_particulars);
    g_test_add_func("/plan/hardware", test_hardware);
    g_test_add_func("/plan/radios-of-the-other-kind-narrow-an-item-that-stands-alone",
                    test_radios_of_the_other_kind_narrow_an_item_that_stands_alone);
    g_test_add_func("/plan/small-office", test_small_office);
    g_test_add_func("/plan/references", test_references);
    return g_test_run();
}
