/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/device-profile.h"

#include "tests/unit/device-profile-files.h"

/* A profile without any diagnostic. */
static DeviceProfile *parse_good(const Files *files)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    DeviceProfile *profile = parse_files(files, diagnostics);
    assert_diagnostics(diagnostics, "");
    g_assert_nonnull(profile);
    return profile;
}

#define PROFILE(...) parse_good(&(Files){{__VA_ARGS__}})

/* "tcp 631 udp 631,8000". */
static char *ports_of(const DeviceProfile *profile, const char *key)
{
    PortSet tcp;
    PortSet udp;
    device_profile_item_ports(profile, catalog_find_item(key), &tcp, &udp);
    g_autofree char *tcp_text = port_set_to_string(&tcp);
    g_autofree char *udp_text = port_set_to_string(&udp);
    return g_strdup_printf("tcp %s udp %s", tcp_text, udp_text);
}

static void assert_ports(const DeviceProfile *profile, const char *key, const char *expected)
{
    g_autofree char *ports = ports_of(profile, key);
    g_assert_cmpstr(ports, ==, expected);
}

static void assert_narrowed(const DeviceProfile *profile, const char *key, const char *expected)
{
    g_autofree char *reason = device_profile_item_narrowed(profile, catalog_find_item(key));
    g_assert_cmpstr(reason, ==, expected);
}

static void assert_agents(const DeviceProfile *profile, const char *setting, const char *expected)
{
    const char *const *agents =
        device_profile_setting_agents(profile, catalog_find_setting(setting));
    g_autofree char *text = agents != NULL ? g_strjoinv(" ", (char **)agents) : NULL;
    g_assert_cmpstr(text, ==, expected);
}

static void assert_exempt(const DeviceProfile *profile, const char *expected)
{
    g_autofree char *text = g_strjoinv(" ", (char **)device_profile_exempt_interfaces(profile));
    g_assert_cmpstr(text, ==, expected);
}

static void assert_hardware(const DeviceProfile *profile, HardwareList list, const char *expected)
{
    g_autofree char *text = g_strjoinv(" ", (char **)device_profile_hardware(profile, list));
    g_assert_cmpstr(text, ==, expected);
}

static void assert_defaults(const DeviceProfile *profile)
{
    g_assert_cmpstr(device_profile_model(profile), ==, "");
    g_assert_true(device_profile_has_function(profile, "Fax"));
    g_assert_cmpuint(device_profile_log_group(profile), ==, 5193);
    g_assert_true(device_profile_table_owner(profile));
    assert_exempt(profile, "");
    for (guint i = 0; i <= HARDWARE_LIST_LAST; i++)
        assert_hardware(profile, (HardwareList)i, "");
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_assert_null(device_profile_setting_agents(profile, &catalog_settings[i]));
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        g_assert_null(device_profile_item_narrowed(profile, &catalog_items[i]));
    assert_ports(profile, "RestrictSmbPort", "tcp 137-139,445 udp 137-139,445");
    assert_ports(profile, "ProhibitSnmpV1", "tcp 161 udp 161");
    assert_ports(profile, "ForceSntp", "tcp  udp ");
}

static void test_defaults(void)
{
    g_autoptr(DeviceProfile) new = device_profile_new();
    assert_defaults(new);
    g_autoptr(DeviceProfile) of_nothing = PROFILE(NULL);
    assert_defaults(of_nothing);
    g_autoptr(DeviceProfile) of_empty = PROFILE("", "# nothing\n[Device]\n", "[X-a]\nb=c\nb=c\n");
    assert_defaults(of_empty);
}

static void test_values(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Device]\nModel=Laser 9\n[Functions]\nFax=no\nTpm=yes\n"
                "[Firewall]\nLogGroup=65535\nTableOwner=no\n"
                "[Agents]\nWeakEncryption=com.maker.Web-Ui secpol-agent\n"
                "[Narrow]\nExemptInterfaces=usb0 a23456789012345\n");
    g_assert_cmpstr(device_profile_model(profile), ==, "Laser 9");
    g_assert_false(device_profile_has_function(profile, "Fax"));
    g_assert_true(device_profile_has_function(profile, "Tpm"));
    g_assert_true(device_profile_has_function(profile, "Tls"));
    g_assert_cmpuint(device_profile_log_group(profile), ==, 65535);
    g_assert_false(device_profile_table_owner(profile));
    assert_agents(profile, "WeakEncryption", "com.maker.Web-Ui secpol-agent");
    assert_agents(profile, "WeakKeys", NULL);
    assert_exempt(profile, "usb0 a23456789012345");
}

static void test_every_function_can_be_absent(void)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const char *function = catalog_items[i].function;
        g_autofree char *text = g_strdup_printf("[Functions]\n%s=no\n", function);
        g_autoptr(DeviceProfile) profile = PROFILE(text);
        g_assert_false(device_profile_has_function(profile, function));
    }
}

static void test_later_files_override(void)
{
    g_autoptr(DeviceProfile) profile = PROFILE(
        "[Device]\nModel=A\n[Functions]\nFax=no\nTls=yes\nTpm=no\n"
        "[Ports]\nRestrictIppPort=8000\nRestrictLpdPort=8001\n[Narrow]\nExemptInterfaces=a b\n"
        "RestrictSmbPort=445\n[Firewall]\nLogGroup=1\nTableOwner=no\n"
        "[Agents]\nTpm=a.b\nSntp=c.d\n",
        "[Functions]\nFax=yes\nTls=no\n[Ports]\nRestrictIppPort=8002/udp\n"
        "[Narrow]\nExemptInterfaces=c\n[Agents]\nTpm=e.f\n",
        "[Firewall]\nLogGroup=2\n[Functions]\nFax=yes\nTls=no\n[Narrow]\nRestrictSmbPort=139\n");
    g_assert_cmpstr(device_profile_model(profile), ==, "A");
    g_assert_true(device_profile_has_function(profile, "Fax"));
    g_assert_false(device_profile_has_function(profile, "Tls"));
    g_assert_false(device_profile_has_function(profile, "Tpm"));
    assert_ports(profile, "RestrictIppPort", "tcp 631 udp 631,8002");
    assert_ports(profile, "RestrictLpdPort", "tcp 515,8001 udp 515,8001");
    assert_ports(profile, "RestrictSmbPort", "tcp 139 udp 139");
    assert_exempt(profile, "c");
    g_assert_cmpuint(device_profile_log_group(profile), ==, 2);
    g_assert_false(device_profile_table_owner(profile));
    assert_agents(profile, "Tpm", "e.f");
    assert_agents(profile, "Sntp", "c.d");
}

static void test_empty_takes_back(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Device]\nModel=A\n[Ports]\nRestrictIppPort=8000\n[Narrow]\nExemptInterfaces=a\n"
                "RestrictSmbPort=445\n[Agents]\nTpm=a.b\n",
                "[Device]\nModel=\n[Ports]\nRestrictIppPort=\n[Narrow]\nExemptInterfaces=\n"
                "RestrictSmbPort=\n[Agents]\nTpm=\n");
    assert_defaults(profile);
    assert_ports(profile, "RestrictIppPort", "tcp 631 udp 631");
}

static void test_ports(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Ports]\nRestrictIppPort=8000-8999/tcp 1/udp 65535 631-632\n"
                "ProhibitSnmpV1=10161\n");
    assert_ports(profile, "RestrictIppPort", "tcp 631-632,8000-8999,65535 udp 1,631-632,65535");
    assert_ports(profile, "ProhibitSnmpV1", "tcp 161,10161 udp 161,10161");
    assert_ports(profile, "RestrictLpdPort", "tcp 515 udp 515");
    assert_narrowed(profile, "RestrictIppPort", NULL);
}

static void test_narrow(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Ports]\nRestrictIppPort=8000-8999/tcp\n"
                "[Narrow]\nRestrictIppPort=631/tcp 8100-8199/tcp\nRestrictSmbPort=445\n"
                "RestrictLpdPort=515\nRestrictRawPort=9100/tcp 9100/udp\nProhibitSnmpV1=161/tcp\n");
    assert_ports(profile, "RestrictIppPort", "tcp 631,8100-8199 udp ");
    assert_narrowed(profile, "RestrictIppPort", "only 631/tcp, 8100-8199/tcp are closed");
    assert_ports(profile, "RestrictSmbPort", "tcp 445 udp 445");
    assert_narrowed(profile, "RestrictSmbPort", "only 445 is closed");
    assert_ports(profile, "ProhibitSnmpV1", "tcp 161 udp ");
    assert_narrowed(profile, "ProhibitSnmpV1", "only 161/tcp is closed");
    assert_narrowed(profile, "RestrictLpdPort", NULL);
    assert_narrowed(profile, "RestrictRawPort", NULL);
    assert_narrowed(profile, "RestrictFtpPort", NULL);
}

static void test_exempt_interfaces(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Narrow]\nExemptInterfaces=usb0 usb1\nRestrictIppPort=631/tcp\n");
    assert_narrowed(profile, "RestrictLpdPort", "nothing is closed on usb0, usb1");
    assert_narrowed(profile, "ProhibitSnmpV1", "nothing is closed on usb0, usb1");
    assert_narrowed(profile, "RestrictIppPort",
                    "only 631/tcp is closed; nothing is closed on usb0, usb1");
    assert_narrowed(profile, "ProhibitUsbDevice", NULL);
    assert_narrowed(profile, "ForceSntp", NULL);
}

static void test_hardware(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Usb]\nExemptControllers=musb-hdrc.1.auto dummy*\n"
                "ExemptPorts=1-1.4 /devices/platform/soc/usb1/1-1\n"
                "[Wireless]\nExemptRadios=phy9\nDirectRadios=/devices/platform/soc/mmc1 phy1\n"
                "LanRadios=phy2\n");
    assert_hardware(profile, HARDWARE_EXEMPT_CONTROLLERS, "musb-hdrc.1.auto dummy*");
    assert_hardware(profile, HARDWARE_EXEMPT_PORTS, "1-1.4 /devices/platform/soc/usb1/1-1");
    assert_hardware(profile, HARDWARE_EXEMPT_RADIOS, "phy9");
    assert_hardware(profile, HARDWARE_DIRECT_RADIOS, "/devices/platform/soc/mmc1 phy1");
    assert_hardware(profile, HARDWARE_LAN_RADIOS, "phy2");
    assert_narrowed(profile, "ProhibitUsbDevice",
                    "USB device controllers left alone: musb-hdrc.1.auto, dummy*");
    assert_narrowed(profile, "ProhibitUsbStorage",
                    "USB ports left alone: 1-1.4, /devices/platform/soc/usb1/1-1");
    assert_narrowed(profile, "ProhibitDirectConnection", "radios left alone: phy9");
    assert_narrowed(profile, "ProhibitWirelessLan", "radios left alone: phy9");
    assert_narrowed(profile, "RestrictLpdPort", NULL);
    assert_narrowed(profile, "ForceSntp", NULL);
}

static void test_hardware_of_later_files(void)
{
    g_autoptr(DeviceProfile) profile =
        PROFILE("[Usb]\nExemptControllers=a\nExemptPorts=1-1 1-2\n"
                "[Wireless]\nExemptRadios=phy0\nDirectRadios=phy1\nLanRadios=phy2\n",
                "[Usb]\nExemptControllers=\nExemptPorts=1-3\n[Wireless]\nDirectRadios=\n"
                "ExemptRadios=\n",
                "[Wireless]\nLanRadios=phy0 phy1\n");
    assert_hardware(profile, HARDWARE_EXEMPT_CONTROLLERS, "");
    assert_hardware(profile, HARDWARE_EXEMPT_PORTS, "1-3");
    assert_hardware(profile, HARDWARE_EXEMPT_RADIOS, "");
    assert_hardware(profile, HARDWARE_DIRECT_RADIOS, "");
    assert_hardware(profile, HARDWARE_LAN_RADIOS, "phy0 phy1");
    assert_narrowed(profile, "ProhibitUsbDevice", NULL);
    assert_narrowed(profile, "ProhibitUsbStorage", "USB ports left alone: 1-3");
    assert_narrowed(profile, "ProhibitWirelessLan", NULL);
}

/* @head and @count words: @prefix and a number from 1 on. */
static char *list_of(const char *head, guint count, const char *prefix)
{
    g_autoptr(GString) text = g_string_new(head);
    for (guint i = 1; i <= count; i++)
        g_string_append_printf(text, " %s%u", prefix, i);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void assert_most(const char *head, const char *prefix, guint most)
{
    g_autofree char *longest = list_of(head, most, prefix);
    g_autoptr(DeviceProfile) profile = PROFILE(longest);
    g_autofree char *too_long = list_of(head, most + 1, prefix);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) refused_profile = parse_files(&(Files){{too_long}}, diagnostics);
    g_assert_null(refused_profile);
    g_assert_cmpuint(diagnostics->n_errors, ==, 1);
}

static void test_most_words(void)
{
    assert_most("[Ports]\nRestrictIppPort=", "", 256);
    assert_most("[Narrow]\nExemptInterfaces=", "usb", 64);
    assert_most("[Agents]\nTpm=", "a.b", 16);
    assert_most("[Usb]\nExemptControllers=", "udc", 32);
    assert_most("[Usb]\nExemptPorts=", "1-", 32);
    assert_most("[Wireless]\nExemptRadios=", "phy", 32);
    assert_most("[Wireless]\nDirectRadios=", "phy", 32);
    assert_most("[Wireless]\nLanRadios=", "phy", 32);
}

/* @head and a text of @length letters. */
static gboolean accepts_text(const char *head, gsize length)
{
    g_autofree char *letters = g_strnfill(length, 'a');
    g_autofree char *text = g_strconcat(head, letters, NULL);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = parse_files(&(Files){{text}}, diagnostics);
    return profile != NULL;
}

static void test_longest_texts(void)
{
    g_assert_true(accepts_text("[Agents]\nTpm=", 255));
    g_assert_false(accepts_text("[Agents]\nTpm=", 256));
    g_assert_true(accepts_text("[Device]\nModel=", 128));
    g_assert_false(accepts_text("[Device]\nModel=", 129));
}

static void test_longest_file(void)
{
    g_autofree char *text = g_strnfill(65537, '\n');
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = parse_files(&(Files){{"", text}}, diagnostics);
    g_assert_null(profile);
    assert_diagnostics(diagnostics, "b.conf:0: error: : the text is 65537 bytes long; at most "
                                    "65536 are read\n");
}

static gboolean passes(const DeviceProfile *profile, guint first, guint last)
{
    g_autoptr(GError) error = NULL;
    PortRange range = {(guint16)first, (guint16)last};
    gboolean good = device_profile_check_ephemeral(profile, range, &error);
    g_assert_cmpint(good, ==, error == NULL);
    if (!good)
        g_assert_error(error, DEVICE_PROFILE_ERROR, DEVICE_PROFILE_ERROR_EPHEMERAL);
    return good;
}

/* The catalog closes 47545-47547, 49152 and 60000 in Linux's standard range, 32768-60999, of 28232
 * ports: 2823 are a tenth. */
static void test_ephemeral(void)
{
    g_autoptr(DeviceProfile) standard = device_profile_new();
    g_assert_true(passes(standard, 32768, 60999));
    g_assert_true(passes(standard, 49143, 49152));
    g_assert_false(passes(standard, 49144, 49152));
    g_assert_true(passes(standard, 40000, 40000));
    g_assert_false(passes(standard, 60000, 60000));

    g_autoptr(DeviceProfile) a_tenth = PROFILE("[Ports]\nRestrictIppPort=33001-35818/udp\n");
    g_assert_true(passes(a_tenth, 32768, 60999));
    g_autoptr(DeviceProfile) more = PROFILE("[Ports]\nRestrictIppPort=33001-35819/udp\n");
    g_assert_false(passes(more, 32768, 60999));
    g_assert_true(passes(more, 40000, 60999));
}

/* What several items or both protocols close counts once; what is narrowed away does not count. */
static void test_ephemeral_counts_ports_once(void)
{
    g_autoptr(DeviceProfile) overlapping =
        PROFILE("[Ports]\nRestrictIppPort=33001-35818\nRestrictLpdPort=33001-35818/tcp\n");
    g_assert_true(passes(overlapping, 32768, 60999));
    g_autoptr(DeviceProfile) narrowed =
        PROFILE("[Ports]\nRestrictIppPort=33001-45000\n[Narrow]\nRestrictIppPort=631\n");
    g_assert_true(passes(narrowed, 32768, 60999));
    g_autoptr(DeviceProfile) apart =
        PROFILE("[Ports]\nRestrictIppPort=33001-34409/tcp\nRestrictLpdPort=34410-35819/udp\n");
    g_assert_false(passes(apart, 32768, 60999));
}

static void test_ephemeral_message(void)
{
    g_autoptr(DeviceProfile) profile = PROFILE("[Ports]\nRestrictIppPort=1-32767\n");
    g_autoptr(GError) error = NULL;
    g_assert_false(device_profile_check_ephemeral(profile, (PortRange){32001, 33000}, &error));
    g_assert_cmpstr(error->message, ==,
                    "the device profile can close 767 of the 1000 ports from 32001 to 33000 that "
                    "outgoing connections use, and more than a tenth would break them: take ports "
                    "from [Ports], or move net.ipv4.ip_local_port_range");
}

static void assert_consistent(const char *text, gsize length)
{
    g_autofree char *tight = copy_tightly(text, length);
    DeviceProfileSource source = {"a.conf", tight, length};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = device_profile_parse(&source, 1, diagnostics);
    g_assert_cmpint(profile == NULL, ==, diagnostics->n_errors > 0);
    g_autofree char *found = diagnostics_to_text(diagnostics);
    g_assert_true(g_utf8_validate(found, -1, NULL));
}

static guint random_in(guint minimum, guint maximum)
{
    return (guint)g_test_rand_int_range((gint32)minimum, (gint32)maximum + 1);
}

static void test_garbage(void)
{
    for (guint i = 0; i < 2000; i++) {
        char garbage[300];
        gsize length = random_in(0, sizeof garbage);
        for (gsize j = 0; j < length; j++)
            garbage[j] = (char)g_test_rand_int();
        assert_consistent(garbage, length);
    }
}

static void test_mutations(void)
{
    static const char original[] =
        "[Device]\nModel=A\n[Functions]\nFax=no\n[Ports]\nRestrictIppPort=8000-8999/tcp 1\n"
        "[Narrow]\nRestrictSmbPort=445 139\nExemptInterfaces=usb0 eth1\n"
        "[Usb]\nExemptPorts=1-1.4 /devices/a\n[Wireless]\nDirectRadios=phy1\nLanRadios=phy*\n"
        "[Firewall]\nLogGroup=500\nTableOwner=no\n[Agents]\nTpm=a.b c-d\n[X-a]\nb=c\n";
    static const char letters[] = "\n\n[]=\\#; \t\rsyneo01-/.X\377\303\200";
    for (guint i = 0; i < 3000; i++) {
        g_autoptr(GString) text = g_string_new(original);
        for (guint changes = random_in(1, 5); changes > 0; changes--) {
            gsize at = random_in(0, (guint)text->len - 1);
            gsize length = random_in(1, 20);
            if (g_test_rand_bit())
                g_string_erase(text, (gssize)at, (gssize)MIN(length, text->len - at));
            else
                text->str[at] = letters[random_in(0, sizeof letters - 1)];
        }
        assert_consistent(text->str, text->len);
    }
}

static void assert_example(const char *path)
{
    g_test_message("%s", path);
    g_autofree char *text = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    DeviceProfileSource source = {path, text, length};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(DeviceProfile) profile = device_profile_parse(&source, 1, diagnostics);
    assert_diagnostics(diagnostics, "");
    g_assert_nonnull(profile);
    g_assert_true(passes(profile, 32768, 60999));
}

static void test_examples(void)
{
    g_autofree char *folder =
        g_build_filename(SOURCE_ROOT, "policy-examples", "device-profiles", NULL);
    g_autoptr(GDir) examples = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(examples);
    guint n_examples = 0;
    for (const char *name; (name = g_dir_read_name(examples)) != NULL;) {
        if (!g_str_has_suffix(name, ".conf"))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        assert_example(path);
        n_examples++;
    }
    g_assert_cmpuint(n_examples, >, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-profile/defaults", test_defaults);
    g_test_add_func("/device-profile/values", test_values);
    g_test_add_func("/device-profile/every-function-can-be-absent",
                    test_every_function_can_be_absent);
    g_test_add_func("/device-profile/later-files-override", test_later_files_override);
    g_test_add_func("/device-profile/empty-takes-back", test_empty_takes_back);
    g_test_add_func("/device-profile/ports", test_ports);
    g_test_add_func("/device-profile/narrow", test_narrow);
    g_test_add_func("/device-profile/exempt-interfaces", test_exempt_interfaces);
    g_test_add_func("/device-profile/hardware", test_hardware);
    g_test_add_func("/device-profile/hardware-of-later-files", test_hardware_of_later_files);
    g_test_add_func("/device-profile/most-words", test_most_words);
    g_test_add_func("/device-profile/longest-texts", test_longest_texts);
    g_test_add_func("/device-profile/longest-file", test_longest_file);
    g_test_add_func("/device-profile/ephemeral", test_ephemeral);
    g_test_add_func("/device-profile/ephemeral-counts-ports-once",
                    test_ephemeral_counts_ports_once);
    g_test_add_func("/device-profile/ephemeral-message", test_ephemeral_message);
    g_test_add_func("/device-profile/garbage", test_garbage);
    g_test_add_func("/device-profile/mutations", test_mutations);
    g_test_add_func("/device-profile/examples", test_examples);
    return g_test_run();
}
