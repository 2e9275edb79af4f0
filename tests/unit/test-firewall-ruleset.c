/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole table for some policies, compared with golden/firewall-NAME.txt. After a change that is
 * meant, run the program with UPDATE_GOLDEN=1 in the environment and read what changed. */
#include "daemon/enforce/firewall-ruleset.h"
#include "daemon/enforce/firewall-text.h"
#include "tests/unit/plan-maker.h"

#include <string.h>

#define FIRST_LINE "# SPDX-License-Identifier: GPL-2.0-or-later\n"

typedef struct Golden {
    const char *name;
    const char *keys;
    const char *profile;
    FirewallSlot old_slot;
} Golden;

static const Golden goldens[] = {
    {"nothing", "AlwaysVerifySignatures UseTpm", "", FIREWALL_SLOT_NONE},
    {"one-port", "RestrictLpdPort", "", FIREWALL_SLOT_NONE},
    {"snmp", "ProhibitSnmpV1", "", FIREWALL_SLOT_NONE},
    {"snmp-and-its-port", "ProhibitSnmpV1 RestrictSnmpPort", "", FIREWALL_SLOT_NONE},
    {"ephemeral", "RestrictSipPort", "", FIREWALL_SLOT_NONE},
    {"everything", "*", "", FIREWALL_SLOT_NONE},
    {"narrowed", "RestrictIppPort RestrictLpdPort",
     "[Narrow]\nRestrictIppPort=631/tcp\nExemptInterfaces=usb0 lan-of-service\n"
     "[Firewall]\nLogGroup=7\n",
     FIREWALL_SLOT_NONE},
    {"ranges", "RestrictIppPort RestrictLpdPort",
     "[Ports]\nRestrictIppPort=600-32767/tcp 40000-40001/udp\n", FIREWALL_SLOT_NONE},
    {"ranges-across-ephemeral", "RestrictIppPort", "[Ports]\nRestrictIppPort=32000-34000\n",
     FIREWALL_SLOT_NONE},
    {"ranges-of-both-slots", "RestrictIppPort", "[Ports]\nRestrictIppPort=1000-3000/tcp\n",
     FIREWALL_SLOT_B},
};

static FirewallRuleset *build(const Golden *golden)
{
    g_autoptr(Plan) plan = make_plan(golden->keys, golden->profile);
    const FirewallParameters parameters = {
        .table = "secpold",
        .flags = FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST,
        .ephemeral = {32768, 60999},
        .slot = FIREWALL_SLOT_A,
        .old_slot = golden->old_slot,
    };
    return firewall_ruleset_build(plan, &parameters);
}

static void assert_same_lines(const char *file, const char *expected, const char *found)
{
    g_auto(GStrv) left = g_strsplit(expected, "\n", -1);
    g_auto(GStrv) right = g_strsplit(found, "\n", -1);
    for (guint i = 0; left[i] || right[i]; i++) {
        if (g_strcmp0(left[i], right[i]) == 0)
            continue;
        g_test_message("%s:%u: differs", file, i + 1);
        g_assert_cmpstr(right[i], ==, left[i]);
    }
}

static void test_golden(gconstpointer data)
{
    const Golden *golden = data;
    if (G_BYTE_ORDER != G_LITTLE_ENDIAN) {
        g_test_skip("libnftnl prints values in host byte order, the texts are little-endian");
        return;
    }
    g_autoptr(FirewallRuleset) ruleset = build(golden);
    g_autofree char *text = firewall_ruleset_to_string(ruleset);
    g_autofree char *found = g_strconcat(FIRST_LINE, text, NULL);
    g_autofree char *file =
        g_strdup_printf("%s/tests/unit/golden/firewall-%s.txt", SOURCE_ROOT, golden->name);
    g_autoptr(GError) error = NULL;
    if (g_getenv("UPDATE_GOLDEN")) {
        g_file_set_contents(file, found, -1, &error);
        g_assert_no_error(error);
    }
    g_autofree char *expected = NULL;
    g_file_get_contents(file, &expected, NULL, &error);
    g_assert_no_error(error);
    assert_same_lines(file, expected, found);
}

static void test_names(void)
{
    const guint lpd = (guint)catalog_item_index(catalog_find_item("RestrictLpdPort"));
    const guint snmp = (guint)catalog_item_index(catalog_find_item("ProhibitSnmpV1"));
    g_autofree char *lpd_chain = firewall_item_chain(lpd);
    g_autofree char *snmp_chain = firewall_item_chain(snmp);
    g_assert_cmpstr(lpd_chain, ==, "restrict-lpd-port");
    g_assert_cmpstr(snmp_chain, ==, "prohibit-snmp-v1");
    g_assert_cmpint(firewall_chain_item("restrict-lpd-port"), ==, lpd);
    g_assert_cmpint(firewall_chain_item("input"), ==, -1);
    g_assert_cmpint(firewall_chain_item(""), ==, -1);
}

static const FirewallElement *find_element(const FirewallRuleset *ruleset, const char *map_name,
                                           guint8 protocol, guint16 port)
{
    const FirewallMap *map = firewall_ruleset_find_map(ruleset, map_name);
    g_assert_nonnull(map);
    for (guint i = 0; i < map->elements->len; i++) {
        const FirewallElement *element = &g_array_index(map->elements, FirewallElement, i);
        if (element->protocol == protocol && element->ports.first <= port &&
            port <= element->ports.last)
            return element;
    }
    return NULL;
}

/* The edges of the ephemeral range, and a range that is all there is. */
static void test_ephemeral_edges(void)
{
    static const struct {
        PortRange ephemeral;
        guint16 port;
        const char *chain;
    } cases[] = {
        {{1000, 2000}, 999, "to-this-host"},      {{1000, 2000}, 1000, "to-this-host-syn"},
        {{1000, 2000}, 2000, "to-this-host-syn"}, {{1000, 2000}, 2001, "to-this-host"},
        {{1, 65535}, 1, "to-this-host-syn"},      {{1, 65535}, 65535, "to-this-host-syn"},
        {{65535, 65535}, 65534, "to-this-host"},  {{65535, 65535}, 65535, "to-this-host-syn"},
    };
    g_autoptr(Plan) wide = make_plan("RestrictIppPort", "[Ports]\nRestrictIppPort=1-65535\n");
    g_autoptr(Plan) single =
        make_plan("RestrictIppPort", "[Ports]\nRestrictIppPort=1 999-1000 2000-2001 65534-65535\n");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const FirewallParameters parameters = {
            .table = "t", .ephemeral = cases[i].ephemeral, .slot = FIREWALL_SLOT_A};
        g_autoptr(FirewallRuleset) ranges = firewall_ruleset_build(wide, &parameters);
        g_autoptr(FirewallRuleset) ports = firewall_ruleset_build(single, &parameters);
        const FirewallElement *in_range =
            find_element(ranges, "closed-ranges-prerouting-a", 6, cases[i].port);
        const FirewallElement *alone = find_element(ports, "closed-prerouting", 6, cases[i].port);
        const FirewallElement *datagram =
            find_element(ports, "closed-prerouting", 17, cases[i].port);
        g_assert_nonnull(in_range);
        g_assert_cmpstr(in_range->chain, ==, cases[i].chain);
        g_assert_nonnull(alone);
        g_assert_cmpstr(alone->chain, ==, cases[i].chain);
        g_assert_nonnull(datagram);
        g_assert_cmpstr(datagram->chain, ==, "to-this-host");
    }
}

/* The largest range that is expanded, and the smallest that is not. */
static void test_expansion_limit(void)
{
    static const char *const profiles[] = {"[Ports]\nRestrictIppPort=2001-3024/udp\n",
                                           "[Ports]\nRestrictIppPort=2001-3025/udp\n"};
    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++) {
        g_autoptr(Plan) plan = make_plan("RestrictIppPort", profiles[i]);
        const FirewallParameters parameters = {
            .table = "t", .ephemeral = {32768, 60999}, .slot = FIREWALL_SLOT_B};
        g_autoptr(FirewallRuleset) ruleset = firewall_ruleset_build(plan, &parameters);
        g_assert_cmpint(firewall_ruleset_slot(ruleset), ==,
                        i == 0 ? FIREWALL_SLOT_NONE : FIREWALL_SLOT_B);
        const FirewallElement *element =
            find_element(ruleset, i == 0 ? "closed" : "closed-ranges-b", 17, 3024);
        g_assert_nonnull(element);
        g_assert_cmpuint(element->ports.first, ==, i == 0 ? 3024 : 2001);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autofree char *path = g_strdup_printf("/firewall-ruleset/%s", goldens[i].name);
        g_test_add_data_func(path, &goldens[i], test_golden);
    }
    g_test_add_func("/firewall-ruleset/names", test_names);
    g_test_add_func("/firewall-ruleset/ephemeral-edges", test_ephemeral_edges);
    g_test_add_func("/firewall-ruleset/expansion-limit", test_expansion_limit);
    return g_test_run();
}
