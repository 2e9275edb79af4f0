/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole table for some policies, compared with golden/firewall-NAME.txt. After a change that is
 * meant, run the program with UPDATE_GOLDEN=1 in the environment and read what changed. */
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/firewall-text.h"
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

static const char *rule_text(const FirewallRuleset *ruleset, const char *chain_name, guint rule)
{
    const FirewallChain *chain = firewall_ruleset_find_chain(ruleset, chain_name);
    g_assert_nonnull(chain);
    g_assert_cmpuint(rule, <, chain->rules->len);
    return ((const FirewallRule *)g_ptr_array_index(chain->rules, rule))->text;
}

/* Answers to outgoing connections pass where their port is ephemeral, edges included, and there
 * only. */
static void test_ephemeral_edges(void)
{
    static const struct {
        PortRange ephemeral;
        const char *edges;
    } cases[] = {
        {{32768, 60999}, "[ cmp gte reg 1 0x00000080 ] [ cmp lte reg 1 0x000047ee ]"},
        {{1, 65535}, "[ cmp gte reg 1 0x00000100 ] [ cmp lte reg 1 0x0000ffff ]"},
    };
    if (G_BYTE_ORDER != G_LITTLE_ENDIAN) {
        g_test_skip("libnftnl prints values in host byte order, the texts are little-endian");
        return;
    }
    g_autoptr(Plan) plan = make_plan("RestrictIppPort", "");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const FirewallParameters parameters = {
            .table = "t", .ephemeral = cases[i].ephemeral, .slot = FIREWALL_SLOT_A};
        g_autoptr(FirewallRuleset) ruleset = firewall_ruleset_build(plan, &parameters);
        const char *answers = rule_text(ruleset, "to-this-host", 0);
        g_assert_nonnull(strstr(answers, cases[i].edges));
        g_assert_nonnull(strstr(answers, "[ immediate reg 0 accept ]"));
        g_assert_null(strstr(rule_text(ruleset, "to-this-host", 1), "cmp gte"));
    }
}

static gboolean asks_maps(const FirewallRuleset *ruleset, const char *chain_name)
{
    const FirewallChain *chain = firewall_ruleset_find_chain(ruleset, chain_name);
    g_assert_nonnull(chain);
    for (guint i = 0; i < chain->rules->len; i++)
        if (strstr(((const FirewallRule *)g_ptr_array_index(chain->rules, i))->text, "lookup"))
            return TRUE;
    return FALSE;
}

/* At every change, some kernels walk from each element of a map through all the chains and maps it
 * leads to: where elements led to a chain that asks maps again, the time would grow with the square
 * of the number of ports. */
static void test_elements_lead_to_ends(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autoptr(FirewallRuleset) ruleset = build(&goldens[i]);
        for (guint j = 0; j < ruleset->maps->len; j++) {
            const FirewallMap *map = g_ptr_array_index(ruleset->maps, j);
            g_assert_cmpuint(map->elements->len, >, 0);
            for (guint k = 0; k < map->elements->len; k++) {
                const FirewallElement *element = &g_array_index(map->elements, FirewallElement, k);
                g_assert_true(*element->chain == '\0' || !asks_maps(ruleset, element->chain));
            }
        }
    }
}

/* What is closed at input is known at prerouting, and nothing else is. */
static void test_prerouting_knows_the_same_ports(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(goldens); i++) {
        g_autoptr(FirewallRuleset) ruleset = build(&goldens[i]);
        if (!ruleset->present)
            continue;
        const FirewallMap *closed = firewall_ruleset_find_map(ruleset, "closed");
        const FirewallMap *prerouting = firewall_ruleset_find_map(ruleset, "closed-prerouting");
        g_assert_cmpuint(closed->elements->len, ==, prerouting->elements->len);
        for (guint k = 0; k < closed->elements->len; k++)
            g_assert_cmpint(
                firewall_element_compare(&g_array_index(closed->elements, FirewallElement, k),
                                         &g_array_index(prerouting->elements, FirewallElement, k)),
                ==, 0);
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
    g_test_add_func("/firewall-ruleset/elements-lead-to-ends", test_elements_lead_to_ends);
    g_test_add_func("/firewall-ruleset/prerouting-knows-the-same-ports",
                    test_prerouting_knows_the_same_ports);
    g_test_add_func("/firewall-ruleset/expansion-limit", test_expansion_limit);
    return g_test_run();
}
