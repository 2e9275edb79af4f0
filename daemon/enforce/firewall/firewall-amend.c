/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-amend.h"

#include "daemon/enforce/firewall/firewall-maps.h"
#include "daemon/enforce/firewall/firewall-text.h"

static const FirewallDifference everybody = {.concern = FIREWALL_CONCERNS_EVERYBODY};
static const FirewallDifference nobody = {.concern = FIREWALL_CONCERNS_NOBODY};

/* An item's chain and counter concern the item, what all items share concerns all. */
static FirewallDifference about_name(const char *name)
{
    const gint item = firewall_chain_item(name);
    if (item < 0)
        return everybody;
    return (FirewallDifference){.concern = FIREWALL_CONCERNS_ITEM, .item = (guint)item};
}

static FirewallDifference about_element(const FirewallElement *element)
{
    return (FirewallDifference){
        .concern = FIREWALL_CONCERNS_PORTS,
        .ports = {firewall_standing_protocol(element->protocol), element->ports},
    };
}

/* Elements */

typedef struct ElementChanges {
    FirewallDiff *diff;
    const FirewallMap *map;
    GArray *superfluous;
    GArray *missing;
} ElementChanges;

static void element_is_missing(ElementChanges *changes, const FirewallElement *element)
{
    g_autofree char *key = firewall_element_key_to_string(element);
    firewall_diff_report(changes->diff, about_element(element), "map %s lacks %s",
                         changes->map->name, key);
    g_array_append_vals(changes->missing, element, 1);
}

static void element_is_superfluous(ElementChanges *changes, const FirewallElement *element)
{
    g_autofree char *key = firewall_element_key_to_string(element);
    g_autofree char *verdict = firewall_element_verdict_to_string(element);
    firewall_diff_report(changes->diff, nobody, "map %s has %s: %s", changes->map->name, key,
                         verdict);
    g_array_append_vals(changes->superfluous, element, 1);
}

static void element_is_other(ElementChanges *changes, const FirewallElement *have,
                             const FirewallElement *want)
{
    g_autofree char *key = firewall_element_key_to_string(have);
    g_autofree char *found = firewall_element_verdict_to_string(have);
    g_autofree char *wanted = firewall_element_verdict_to_string(want);
    firewall_diff_report(changes->diff, about_element(want), "map %s has %s: %s instead of %s",
                         changes->map->name, key, found, wanted);
    g_array_append_vals(changes->superfluous, have, 1);
    g_array_append_vals(changes->missing, want, 1);
}

/* NULL past the last one. */
static const FirewallElement *element_at(const GArray *elements, guint at)
{
    return at < elements->len ? &g_array_index(elements, FirewallElement, at) : NULL;
}

/* Both are sorted: one walk through the two of them. */
static void compare_elements(ElementChanges *changes, const GArray *have, const GArray *want)
{
    guint h = 0, w = 0;
    while (h < have->len || w < want->len) {
        const FirewallElement *had = element_at(have, h);
        const FirewallElement *wanted = element_at(want, w);
        const gint order = !had ? 1 : !wanted ? -1 : firewall_element_compare(had, wanted);
        if (order < 0)
            element_is_superfluous(changes, had);
        else if (order > 0)
            element_is_missing(changes, wanted);
        else if (!firewall_element_equal(had, wanted))
            element_is_other(changes, had, wanted);
        h += order <= 0;
        w += order >= 0;
    }
}

static void change_elements(FirewallDiff *diff, FirewallOperationKind kind, const FirewallMap *map,
                            GArray *elements)
{
    if (elements->len == 0)
        g_array_unref(elements);
    else
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = kind, .map = map, .elements = elements});
}

static void amend_map(FirewallDiff *diff, const FirewallMap *have, const FirewallMap *want)
{
    ElementChanges changes = {
        .diff = diff,
        .map = want,
        .superfluous = g_array_new(FALSE, FALSE, sizeof(FirewallElement)),
        .missing = g_array_new(FALSE, FALSE, sizeof(FirewallElement)),
    };
    compare_elements(&changes, have->elements, want->elements);
    change_elements(diff, FIREWALL_DELETE_ELEMENTS, want, changes.superfluous);
    change_elements(diff, FIREWALL_ADD_ELEMENTS, want, changes.missing);
}

/* Parts that only @want has, before anything refers to them */

static void add_missing_objects(FirewallDiff *diff, const FirewallRuleset *have,
                                const FirewallRuleset *want)
{
    for (guint i = 0; i < want->objects->len; i++) {
        const FirewallObject *object = g_ptr_array_index(want->objects, i);
        if (firewall_ruleset_find_object(have, object->name, object->type))
            continue;
        firewall_diff_report(diff, about_name(object->name), "counter %s is missing", object->name);
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = FIREWALL_ADD_OBJECT, .object = object});
    }
}

static void add_missing_chains(FirewallDiff *diff, const FirewallRuleset *have,
                               const FirewallRuleset *want)
{
    for (guint i = 0; i < want->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(want->chains, i);
        if (firewall_ruleset_find_chain(have, chain->name))
            continue;
        firewall_diff_report(diff, about_name(chain->name), "chain %s is missing", chain->name);
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = FIREWALL_ADD_CHAIN, .chain = chain});
    }
}

static void add_missing_maps(FirewallDiff *diff, const FirewallRuleset *have,
                             const FirewallRuleset *want)
{
    for (guint i = 0; i < want->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(want->maps, i);
        if (firewall_ruleset_find_map(have, map->name))
            continue;
        firewall_diff_report(diff, everybody, "map %s is missing", map->name);
        firewall_diff_operate(diff, (FirewallOperation){.kind = FIREWALL_ADD_MAP, .map = map});
    }
}

/* Parts that both have */

static void report_rules(FirewallDiff *diff, const FirewallChain *have, const FirewallChain *want)
{
    guint same = 0;
    while (same < MIN(have->rules->len, want->rules->len) &&
           g_str_equal(((FirewallRule *)g_ptr_array_index(have->rules, same))->text,
                       ((FirewallRule *)g_ptr_array_index(want->rules, same))->text))
        same++;
    const char *what = same == want->rules->len   ? "is superfluous"
                       : same == have->rules->len ? "is missing"
                                                  : "differs";
    firewall_diff_report(diff, about_name(want->name), "chain %s: rule %u %s", want->name, same + 1,
                         what);
}

static void replace_rules(FirewallDiff *diff, const FirewallRuleset *have,
                          const FirewallRuleset *want)
{
    for (guint i = 0; i < want->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(want->chains, i);
        const FirewallChain *old = firewall_ruleset_find_chain(have, chain->name);
        if (old && firewall_chain_equal(old, chain))
            continue;
        if (old) {
            report_rules(diff, old, chain);
            firewall_diff_operate(
                diff, (FirewallOperation){.kind = FIREWALL_FLUSH_CHAIN, .chain = chain});
        }
        for (guint rule = 0; rule < chain->rules->len; rule++)
            firewall_diff_operate(
                diff, (FirewallOperation){.kind = FIREWALL_ADD_RULE, .chain = chain, .rule = rule});
    }
}

static void amend_maps(FirewallDiff *diff, const FirewallRuleset *have, const FirewallRuleset *want)
{
    for (guint i = 0; i < want->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(want->maps, i);
        const FirewallMap *old = firewall_ruleset_find_map(have, map->name);
        if (old)
            amend_map(diff, old, map);
        else
            change_elements(diff, FIREWALL_ADD_ELEMENTS, map, g_array_copy(map->elements));
    }
}

/* Parts that only @have has, after nothing refers to them any more */

static void flush_superfluous_chains(FirewallDiff *diff, const FirewallRuleset *have,
                                     const FirewallRuleset *want)
{
    for (guint i = 0; i < have->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(have->chains, i);
        if (firewall_ruleset_find_chain(want, chain->name))
            continue;
        firewall_diff_report(diff, nobody, "chain %s is superfluous", chain->name);
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = FIREWALL_FLUSH_CHAIN, .chain = chain});
    }
}

static void delete_chains(FirewallDiff *diff, const FirewallRuleset *have,
                          const FirewallRuleset *want)
{
    for (guint i = 0; i < have->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(have->chains, i);
        if (!firewall_ruleset_find_chain(want, chain->name))
            firewall_diff_operate(
                diff, (FirewallOperation){.kind = FIREWALL_DELETE_CHAIN, .chain = chain});
    }
}

static void delete_maps(FirewallDiff *diff, const FirewallRuleset *have,
                        const FirewallRuleset *want)
{
    for (guint i = 0; i < have->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(have->maps, i);
        if (firewall_ruleset_find_map(want, map->name))
            continue;
        firewall_diff_report(diff, nobody, "map %s is superfluous", map->name);
        firewall_diff_operate(diff, (FirewallOperation){.kind = FIREWALL_DELETE_MAP, .map = map});
    }
}

static void delete_objects(FirewallDiff *diff, const FirewallRuleset *have,
                           const FirewallRuleset *want)
{
    for (guint i = 0; i < have->objects->len; i++) {
        const FirewallObject *object = g_ptr_array_index(have->objects, i);
        if (firewall_ruleset_find_object(want, object->name, object->type))
            continue;
        firewall_diff_report(diff, nobody, "object %s is superfluous", object->name);
        firewall_diff_operate(
            diff, (FirewallOperation){.kind = FIREWALL_DELETE_OBJECT, .object = object});
    }
}

void firewall_diff_amend(FirewallDiff *diff, const FirewallRuleset *have,
                         const FirewallRuleset *want)
{
    add_missing_objects(diff, have, want);
    add_missing_chains(diff, have, want);
    add_missing_maps(diff, have, want);
    replace_rules(diff, have, want);
    amend_maps(diff, have, want);
    /* Rules refer to maps, and elements of maps to chains. */
    flush_superfluous_chains(diff, have, want);
    delete_maps(diff, have, want);
    delete_chains(diff, have, want);
    delete_objects(diff, have, want);
}
