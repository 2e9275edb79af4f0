/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diffs are carried out here on a model of a table that refuses what the kernel refuses: then the
 * result must be what was wanted, and while ranges move nothing may come open in between. */
#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/firewall-text.h"
#include "tests/unit/plan-maker.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define OWNED (FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST)

static FirewallRuleset *build_slots(const char *keys, const char *profile, FirewallSlot slot,
                                    FirewallSlot old_slot)
{
    g_autoptr(Plan) plan = make_plan(keys, profile);
    const FirewallParameters parameters = {
        .table = "secpold",
        .flags = OWNED,
        .ephemeral = {32768, 60999},
        .slot = slot,
        .old_slot = old_slot,
    };
    return firewall_ruleset_build(plan, &parameters);
}

static FirewallRuleset *build(const char *keys)
{
    return build_slots(keys, "", FIREWALL_SLOT_A, FIREWALL_SLOT_NONE);
}

/* A table that carries operations out */

static FirewallRuleset *copy(const FirewallRuleset *ruleset)
{
    FirewallRuleset *result = firewall_ruleset_new(ruleset->table);
    result->present = ruleset->present;
    result->flags = ruleset->flags;
    firewall_ruleset_keep(result, ruleset);
    /* Its own maps, since elements come and go. */
    g_ptr_array_set_size(result->maps, 0);
    for (guint i = 0; i < ruleset->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(ruleset->maps, i);
        FirewallMap *own = firewall_ruleset_add_map(result, map->name);
        g_free(own->definition);
        own->definition = g_strdup(map->definition);
        for (guint j = 0; j < map->elements->len; j++) {
            const FirewallElement *element = &g_array_index(map->elements, FirewallElement, j);
            g_assert_true(firewall_map_add_element(own, element->protocol, element->ports,
                                                   element->verdict, element->chain));
        }
    }
    return result;
}

static gboolean any_rule_mentions(const FirewallRuleset *table, const char *kind, const char *name)
{
    g_autofree char *needle = g_strdup_printf("%s %s ", kind, name);
    for (guint i = 0; i < table->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(table->chains, i);
        for (guint j = 0; j < chain->rules->len; j++) {
            const FirewallRule *rule = g_ptr_array_index(chain->rules, j);
            if (strstr(rule->text, needle))
                return TRUE;
        }
    }
    return FALSE;
}

static gboolean any_element_leads_to(const FirewallRuleset *table, const char *chain)
{
    for (guint i = 0; i < table->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(table->maps, i);
        for (guint j = 0; j < map->elements->len; j++)
            if (g_str_equal(g_array_index(map->elements, FirewallElement, j).chain, chain))
                return TRUE;
    }
    return FALSE;
}

static void own_rules(FirewallRuleset *table, const char *name, const FirewallChain *source,
                      guint n_rules)
{
    FirewallChain *old = firewall_ruleset_find_chain(table, name);
    g_assert_nonnull(old);
    g_autofree char *definition = g_strdup(old->definition);
    g_ptr_array_remove(table->chains, old);
    FirewallChain *chain = firewall_ruleset_add_chain(table, name);
    g_free(chain->definition);
    chain->definition = g_steal_pointer(&definition);
    for (guint i = 0; i < n_rules; i++) {
        const FirewallRule *rule = g_ptr_array_index(source->rules, i);
        FirewallRule *added = g_new0(FirewallRule, 1);
        added->text = g_strdup(rule->text);
        g_ptr_array_add(chain->rules, added);
    }
}

static gint find_element(const FirewallMap *map, const FirewallElement *wanted)
{
    for (guint i = 0; i < map->elements->len; i++)
        if (firewall_element_compare(&g_array_index(map->elements, FirewallElement, i), wanted) ==
            0)
            return (gint)i;
    return -1;
}

static void carry_out_elements(FirewallRuleset *table, const FirewallOperation *operation)
{
    FirewallMap *map = firewall_ruleset_find_map(table, operation->map->name);
    g_assert_nonnull(map);
    for (guint i = 0; i < operation->elements->len; i++) {
        const FirewallElement *element = &g_array_index(operation->elements, FirewallElement, i);
        const gint index = find_element(map, element);
        if (operation->kind == FIREWALL_DELETE_ELEMENTS) {
            g_assert_cmpint(index, >=, 0);
            g_array_remove_index(map->elements, (guint)index);
            continue;
        }
        g_assert_cmpint(index, ==, -1);
        g_assert_true(element->verdict == NFT_CONTINUE ||
                      firewall_ruleset_find_chain(table, element->chain) != NULL);
        firewall_map_add_element(map, element->protocol, element->ports, element->verdict,
                                 element->chain);
    }
    firewall_map_sort(map);
}

static void carry_out_on_chain(FirewallRuleset *table, const FirewallOperation *operation)
{
    const char *name = operation->chain->name;
    FirewallChain *chain = firewall_ruleset_find_chain(table, name);
    switch (operation->kind) {
    case FIREWALL_ADD_CHAIN:
        g_assert_null(chain);
        chain = firewall_ruleset_add_chain(table, name);
        g_free(chain->definition);
        chain->definition = g_strdup(operation->chain->definition);
        break;
    case FIREWALL_FLUSH_CHAIN:
        own_rules(table, name, NULL, 0);
        break;
    case FIREWALL_ADD_RULE:
        g_assert_nonnull(chain);
        g_assert_cmpuint(chain->rules->len, ==, operation->rule);
        own_rules(table, name, operation->chain, operation->rule + 1);
        break;
    default:
        g_assert_nonnull(chain);
        g_assert_cmpuint(chain->rules->len, ==, 0);
        g_assert_false(any_rule_mentions(table, "goto ->", name));
        g_assert_false(any_element_leads_to(table, name));
        g_ptr_array_remove(table->chains, chain);
    }
}

static void carry_out_on_map(FirewallRuleset *table, const FirewallOperation *operation)
{
    const char *name = operation->map->name;
    FirewallMap *map = firewall_ruleset_find_map(table, name);
    if (operation->kind == FIREWALL_ADD_MAP) {
        g_assert_null(map);
        map = firewall_ruleset_add_map(table, name);
        g_free(map->definition);
        map->definition = g_strdup(operation->map->definition);
    } else {
        g_assert_nonnull(map);
        g_assert_false(any_rule_mentions(table, "set", name));
        g_ptr_array_remove(table->maps, map);
    }
}

static void carry_out_on_object(FirewallRuleset *table, const FirewallOperation *operation)
{
    const char *name = operation->object->name;
    FirewallObject *object = firewall_ruleset_find_object(table, name, operation->object->type);
    if (operation->kind == FIREWALL_ADD_OBJECT) {
        g_assert_null(object);
        firewall_ruleset_add_object(table, name, operation->object->type);
    } else {
        g_assert_nonnull(object);
        g_assert_false(any_rule_mentions(table, "objref type 1 name", name));
        g_ptr_array_remove(table->objects, object);
    }
}

static void carry_out_on_table(FirewallRuleset *table, const FirewallOperation *operation)
{
    g_assert_true(table->present == (operation->kind != FIREWALL_CREATE_TABLE));
    table->present = operation->kind != FIREWALL_DELETE_TABLE;
    table->flags = table->present ? operation->ruleset->flags : 0;
    if (operation->kind == FIREWALL_ADOPT_TABLE)
        return;
    g_ptr_array_set_size(table->chains, 0);
    g_ptr_array_set_size(table->maps, 0);
    g_ptr_array_set_size(table->objects, 0);
}

static void carry_out(FirewallRuleset *table, const FirewallDiff *diff)
{
    for (guint i = 0; i < diff->operations->len; i++) {
        const FirewallOperation *operation = &g_array_index(diff->operations, FirewallOperation, i);
        if (operation->elements)
            carry_out_elements(table, operation);
        else if (operation->chain)
            carry_out_on_chain(table, operation);
        else if (operation->map)
            carry_out_on_map(table, operation);
        else if (operation->object)
            carry_out_on_object(table, operation);
        else
            carry_out_on_table(table, operation);
    }
}

static void assert_same(const FirewallRuleset *have, const FirewallRuleset *want)
{
    g_autoptr(FirewallDiff) there = firewall_diff_new(have, want);
    g_autoptr(FirewallDiff) back = firewall_diff_new(want, have);
    if (there->differences->len > 0)
        g_test_message("%s", g_array_index(there->differences, FirewallDifference, 0).text);
    g_assert_cmpuint(there->operations->len, ==, 0);
    g_assert_cmpuint(there->differences->len, ==, 0);
    g_assert_cmpuint(back->operations->len, ==, 0);
}

static void assert_leads_to(const FirewallRuleset *have, const FirewallRuleset *want)
{
    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, want);
    g_autoptr(FirewallRuleset) table = copy(have);
    carry_out(table, diff);
    assert_same(table, want);
}

static char *operations_to_string(const FirewallDiff *diff)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < diff->operations->len; i++) {
        g_autofree char *line =
            firewall_operation_to_string(&g_array_index(diff->operations, FirewallOperation, i));
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

static char *differences_to_string(const FirewallDiff *diff)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < diff->differences->len; i++)
        g_string_append_printf(text, "%s\n",
                               g_array_index(diff->differences, FirewallDifference, i).text);
    return g_string_free(text, FALSE);
}

static void assert_diff(const FirewallRuleset *have, const FirewallRuleset *want,
                        const char *operations, const char *differences)
{
    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, want);
    g_autofree char *found_operations = operations_to_string(diff);
    g_autofree char *found_differences = differences_to_string(diff);
    if (operations)
        g_assert_cmpstr(found_operations, ==, operations);
    if (differences)
        g_assert_cmpstr(found_differences, ==, differences);
    g_autoptr(FirewallRuleset) table = copy(have);
    carry_out(table, diff);
    assert_same(table, want);
}

/* Cases */

static void test_same(void)
{
    g_autoptr(FirewallRuleset) a = build("*");
    g_autoptr(FirewallRuleset) b = build("*");
    g_autoptr(FirewallRuleset) nothing = firewall_ruleset_new("secpold");
    assert_diff(a, b, "", "");
    assert_diff(nothing, nothing, "", "");
}

static void test_first_and_last(void)
{
    g_autoptr(FirewallRuleset) nothing = firewall_ruleset_new("secpold");
    g_autoptr(FirewallRuleset) one = build("RestrictLpdPort");
    assert_diff(nothing, one, NULL, "table secpold is missing\n");
    assert_diff(one, nothing, "delete table secpold\n", "table secpold is superfluous\n");
}

/* What stays is not touched: neither its counter nor its elements nor shared chains. */
static void test_amendment(void)
{
    g_autoptr(FirewallRuleset) lpd = build("RestrictLpdPort");
    g_autoptr(FirewallRuleset) both = build("RestrictLpdPort RestrictRawPort");
    assert_diff(lpd, both,
                "add counter restrict-raw-port\n"
                "add chain restrict-raw-port\n"
                "add rule 1 of chain restrict-raw-port\n"
                "add rule 2 of chain restrict-raw-port\n"
                "add rule 3 of chain restrict-raw-port\n"
                "add 5 elements to map closed\n"
                "add 5 elements to map closed-prerouting\n",
                NULL);
    assert_diff(both, lpd,
                "delete 5 elements of map closed\n"
                "delete 5 elements of map closed-prerouting\n"
                "flush chain restrict-raw-port\n"
                "delete chain restrict-raw-port\n"
                "delete object restrict-raw-port\n",
                NULL);
}

/* A port that goes from one item to another is deleted and added in one batch. */
static void test_port_changes_hands(void)
{
    g_autoptr(FirewallRuleset) snmp = build("ProhibitSnmpV1");
    g_autoptr(FirewallRuleset) port = build("RestrictSnmpPort ProhibitSnmpV1");
    g_autoptr(FirewallDiff) diff = firewall_diff_new(snmp, port);
    g_autofree char *differences = differences_to_string(diff);
    g_assert_nonnull(strstr(
        differences,
        "map closed has udp 161: goto prohibit-snmp-v1 instead of goto restrict-snmp-port\n"));
    assert_leads_to(snmp, port);
    assert_leads_to(port, snmp);
}

static void test_damage(void)
{
    g_autoptr(FirewallRuleset) want = build("RestrictLpdPort RestrictRawPort");
    g_autoptr(FirewallRuleset) have = copy(want);
    FirewallMap *closed = firewall_ruleset_find_map(have, "closed");
    g_array_remove_index(closed->elements, 0);
    own_rules(have, "input", firewall_ruleset_find_chain(want, "input"), 1);
    firewall_ruleset_add_chain(have, "stranger");
    firewall_ruleset_add_map(have, "strange-set");
    firewall_ruleset_add_object(have, "strange-quota", 2);
    assert_diff(have, want,
                "flush chain input\n"
                "add rule 1 of chain input\n"
                "add rule 2 of chain input\n"
                "add rule 3 of chain input\n"
                "add 1 elements to map closed\n"
                "flush chain stranger\n"
                "delete map strange-set\n"
                "delete chain stranger\n"
                "delete object strange-quota\n",
                "chain input: rule 2 is missing\n"
                "map closed lacks tcp 515\n"
                "chain stranger is superfluous\n"
                "map strange-set is superfluous\n"
                "object strange-quota is superfluous\n");
}

static void test_replacement(void)
{
    g_autoptr(FirewallRuleset) want = build("RestrictLpdPort");
    g_autoptr(FirewallRuleset) plain = copy(want);
    plain->flags = 0;
    g_autoptr(FirewallDiff) flags = firewall_diff_new(plain, want);
    g_assert_true(firewall_diff_replaces(flags));
    assert_diff(plain, want, NULL, "table secpold has flags 0x0 instead of 0x6\n");

    g_autoptr(FirewallRuleset) moved = copy(want);
    own_rules(moved, "input", firewall_ruleset_find_chain(want, "input"), 2);
    FirewallChain *input = firewall_ruleset_find_chain(moved, "input");
    g_free(input->definition);
    input->definition = g_strdup("type filter hook input priority 0 policy accept");
    g_autoptr(FirewallDiff) hook = firewall_diff_new(moved, want);
    g_assert_true(firewall_diff_replaces(hook));
    assert_leads_to(moved, want);
}

static void test_adoption(void)
{
    g_autoptr(FirewallRuleset) want = build("RestrictLpdPort");
    g_autoptr(FirewallRuleset) abandoned = copy(want);
    abandoned->flags = FIREWALL_TABLE_PERSIST;
    g_autoptr(FirewallDiff) diff = firewall_diff_new(abandoned, want);
    g_assert_false(firewall_diff_replaces(diff));
    assert_diff(abandoned, want, "adopt table secpold\n", "");
}

static void test_concerns(void)
{
    g_autoptr(Plan) plan = make_plan("RestrictLpdPort RestrictSnmpPort ProhibitSnmpV1", "");
    const guint lpd = (guint)catalog_item_index(catalog_find_item("RestrictLpdPort"));
    const guint snmp = (guint)catalog_item_index(catalog_find_item("ProhibitSnmpV1"));
    g_autoptr(FirewallRuleset) want = build("RestrictLpdPort RestrictSnmpPort ProhibitSnmpV1");
    g_autoptr(FirewallRuleset) have = copy(want);
    FirewallMap *closed = firewall_ruleset_find_map(have, "closed");
    for (guint i = 0; i < closed->elements->len; i++)
        if (g_array_index(closed->elements, FirewallElement, i).protocol == 136 &&
            g_array_index(closed->elements, FirewallElement, i).ports.first == 161)
            g_array_remove_index(closed->elements, i--);

    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, want);
    g_assert_cmpuint(diff->differences->len, ==, 1);
    const FirewallDifference *lacks = &g_array_index(diff->differences, FirewallDifference, 0);
    g_assert_cmpstr(lacks->text, ==, "map closed lacks udplite 161");
    g_assert_true(firewall_difference_concerns(lacks, plan, snmp));
    g_assert_false(firewall_difference_concerns(lacks, plan, lpd));
}

/* Moving ranges */

static gboolean closes(const FirewallRuleset *table, guint8 protocol, guint16 port)
{
    for (guint i = 0; i < table->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(table->maps, i);
        if (strstr(map->name, "prerouting") || !any_rule_mentions(table, "set", map->name))
            continue;
        for (guint j = 0; j < map->elements->len; j++) {
            const FirewallElement *element = &g_array_index(map->elements, FirewallElement, j);
            if (element->protocol == protocol && element->ports.first <= port &&
                port <= element->ports.last)
                return TRUE;
        }
    }
    return FALSE;
}

static void assert_covers_both(const FirewallRuleset *bridge, const FirewallRuleset *have,
                               const FirewallRuleset *want)
{
    /* All edges of the ranges below, the single ports, and some in between. */
    static const guint16 ports[] = {1,     2,     514,   515,   516,   599,   600,   601,  630,
                                    631,   632,   1599,  1600,  1601,  1699,  1700,  1701, 19999,
                                    20000, 25000, 30000, 30001, 32767, 32768, 50000, 65535};
    static const guint8 protocols[] = {6, 17, 132, 136};
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++)
        for (guint j = 0; j < G_N_ELEMENTS(protocols); j++)
            g_assert_true(
                closes(bridge, protocols[j], ports[i]) ==
                (closes(have, protocols[j], ports[i]) || closes(want, protocols[j], ports[i])));
}

static void test_bridge(void)
{
    static const char *const profiles[] = {
        "",
        "[Ports]\nRestrictIppPort=1-32767/tcp\n",
        "[Ports]\nRestrictIppPort=600-1600/tcp 20000-30000/udp\n",
        "[Ports]\nRestrictIppPort=600-1700/tcp\n",
        "[Narrow]\nRestrictIppPort=631/udp\n",
        "[Ports]\nRestrictIppPort=50000/udp\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(profiles); i++)
        for (guint j = 0; j < G_N_ELEMENTS(profiles); j++) {
            const char *keys = "RestrictIppPort RestrictLpdPort";
            g_autoptr(FirewallRuleset) have =
                build_slots(keys, profiles[i], FIREWALL_SLOT_A, FIREWALL_SLOT_NONE);
            g_autoptr(FirewallRuleset) want =
                build_slots(keys, profiles[j], FIREWALL_SLOT_B, FIREWALL_SLOT_NONE);
            g_autoptr(FirewallRuleset) bridge =
                build_slots(keys, profiles[j], FIREWALL_SLOT_B, firewall_ruleset_slot(have));
            firewall_ruleset_keep(bridge, have);
            assert_covers_both(bridge, have, want);
            g_autoptr(FirewallDiff) make = firewall_diff_new(have, bridge);
            g_autofree char *made = operations_to_string(make);
            g_assert_null(strstr(made, "delete"));
            assert_leads_to(have, bridge);
            assert_leads_to(bridge, want);
        }
}

static FirewallRuleset *build_random(void)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    for (guint item = 0; item < CATALOG_N_ITEMS; item++)
        if (catalog_items[item].n_ports > 0 && g_test_rand_int_range(0, 3) == 0)
            g_string_append_printf(keys, "%s ", catalog_items[item].key);
    return build(keys->str);
}

/* Any policy to any other. */
static void test_random_policies(void)
{
    for (guint round = 0; round < 60; round++) {
        g_autoptr(FirewallRuleset) have = build_random();
        g_autoptr(FirewallRuleset) want = build_random();
        assert_leads_to(have, want);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/firewall-diff/same", test_same);
    g_test_add_func("/firewall-diff/first-and-last", test_first_and_last);
    g_test_add_func("/firewall-diff/amendment", test_amendment);
    g_test_add_func("/firewall-diff/port-changes-hands", test_port_changes_hands);
    g_test_add_func("/firewall-diff/damage", test_damage);
    g_test_add_func("/firewall-diff/replacement", test_replacement);
    g_test_add_func("/firewall-diff/adoption", test_adoption);
    g_test_add_func("/firewall-diff/concerns", test_concerns);
    g_test_add_func("/firewall-diff/bridge", test_bridge);
    g_test_add_func("/firewall-diff/random-policies", test_random_policies);
    return g_test_run();
}
