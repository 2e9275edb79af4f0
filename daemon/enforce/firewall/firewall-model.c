/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-model.h"

#include "daemon/enforce/firewall/firewall-text.h"

#include <linux/netfilter/nf_tables.h>

static void rule_free(FirewallRule *rule)
{
    g_free(rule->text);
    if (rule->nftnl)
        nftnl_rule_free(rule->nftnl);
    g_free(rule);
}

static void chain_clear(FirewallChain *chain)
{
    g_free(chain->name);
    g_free(chain->definition);
    if (chain->nftnl)
        nftnl_chain_free(chain->nftnl);
    g_ptr_array_unref(chain->rules);
}

static void chain_release(FirewallChain *chain)
{
    g_rc_box_release_full(chain, (GDestroyNotify)chain_clear);
}

static void map_clear(FirewallMap *map)
{
    g_free(map->name);
    g_free(map->definition);
    if (map->nftnl)
        nftnl_set_free(map->nftnl);
    g_array_unref(map->elements);
    g_string_chunk_free(map->chains);
}

static void map_release(FirewallMap *map)
{
    g_rc_box_release_full(map, (GDestroyNotify)map_clear);
}

static void object_clear(FirewallObject *object)
{
    g_free(object->name);
}

static void object_release(FirewallObject *object)
{
    g_rc_box_release_full(object, (GDestroyNotify)object_clear);
}

FirewallRuleset *firewall_ruleset_new(const char *table)
{
    FirewallRuleset *ruleset = g_new0(FirewallRuleset, 1);
    ruleset->table = g_strdup(table);
    ruleset->objects = g_ptr_array_new_with_free_func((GDestroyNotify)object_release);
    ruleset->chains = g_ptr_array_new_with_free_func((GDestroyNotify)chain_release);
    ruleset->maps = g_ptr_array_new_with_free_func((GDestroyNotify)map_release);
    ruleset->rivals = g_ptr_array_new_with_free_func(g_free);
    return ruleset;
}

void firewall_ruleset_free(FirewallRuleset *ruleset)
{
    if (!ruleset)
        return;
    g_free(ruleset->table);
    g_ptr_array_unref(ruleset->objects);
    g_ptr_array_unref(ruleset->chains);
    g_ptr_array_unref(ruleset->maps);
    g_ptr_array_unref(ruleset->rivals);
    g_free(ruleset);
}

FirewallChain *firewall_ruleset_add_chain(FirewallRuleset *ruleset, const char *name)
{
    FirewallChain *chain = g_rc_box_new0(FirewallChain);
    chain->name = g_strdup(name);
    chain->definition = g_strdup("");
    chain->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    g_ptr_array_add(ruleset->chains, chain);
    return chain;
}

FirewallMap *firewall_ruleset_add_map(FirewallRuleset *ruleset, const char *name)
{
    FirewallMap *map = g_rc_box_new0(FirewallMap);
    map->name = g_strdup(name);
    map->definition = g_strdup("");
    map->elements = g_array_new(FALSE, TRUE, sizeof(FirewallElement));
    map->chains = g_string_chunk_new(256);
    g_ptr_array_add(ruleset->maps, map);
    return map;
}

FirewallObject *firewall_ruleset_add_object(FirewallRuleset *ruleset, const char *name,
                                            guint32 type)
{
    FirewallObject *object = g_rc_box_new0(FirewallObject);
    object->name = g_strdup(name);
    object->type = type;
    g_ptr_array_add(ruleset->objects, object);
    return object;
}

FirewallChain *firewall_ruleset_find_chain(const FirewallRuleset *ruleset, const char *name)
{
    for (guint i = 0; i < ruleset->chains->len; i++) {
        FirewallChain *chain = g_ptr_array_index(ruleset->chains, i);
        if (g_str_equal(chain->name, name))
            return chain;
    }
    return NULL;
}

FirewallMap *firewall_ruleset_find_map(const FirewallRuleset *ruleset, const char *name)
{
    for (guint i = 0; i < ruleset->maps->len; i++) {
        FirewallMap *map = g_ptr_array_index(ruleset->maps, i);
        if (g_str_equal(map->name, name))
            return map;
    }
    return NULL;
}

FirewallObject *firewall_ruleset_find_object(const FirewallRuleset *ruleset, const char *name,
                                             guint32 type)
{
    for (guint i = 0; i < ruleset->objects->len; i++) {
        FirewallObject *object = g_ptr_array_index(ruleset->objects, i);
        if (object->type == type && g_str_equal(object->name, name))
            return object;
    }
    return NULL;
}

void firewall_chain_add_rule(FirewallChain *chain, struct nftnl_rule *rule)
{
    FirewallRule *added = g_new0(FirewallRule, 1);
    added->text = firewall_rule_text(rule);
    added->nftnl = rule;
    g_ptr_array_add(chain->rules, added);
}

void firewall_chain_add_unknown_rule(FirewallChain *chain, struct nftnl_rule *rule)
{
    firewall_chain_add_rule(chain, rule);
    FirewallRule *added = g_ptr_array_index(chain->rules, chain->rules->len - 1);
    char *text = g_strconcat(added->text, " [ unknown ]", NULL);
    g_free(added->text);
    added->text = text;
}

gboolean firewall_map_add_element(FirewallMap *map, guint8 protocol, PortRange ports,
                                  gint32 verdict, const char *chain)
{
    if (map->elements->len >= FIREWALL_MAX_ELEMENTS)
        return FALSE;
    const FirewallElement element = {
        .protocol = protocol,
        .ports = ports,
        .verdict = verdict,
        .chain = g_string_chunk_insert_const(map->chains, chain),
    };
    g_array_append_val(map->elements, element);
    return TRUE;
}

gint firewall_element_compare(const FirewallElement *a, const FirewallElement *b)
{
    if (a->protocol != b->protocol)
        return (gint)a->protocol - (gint)b->protocol;
    if (a->ports.first != b->ports.first)
        return (gint)a->ports.first - (gint)b->ports.first;
    return (gint)a->ports.last - (gint)b->ports.last;
}

gboolean firewall_element_equal(const FirewallElement *a, const FirewallElement *b)
{
    return firewall_element_compare(a, b) == 0 && a->verdict == b->verdict &&
           g_str_equal(a->chain, b->chain);
}

void firewall_map_sort(FirewallMap *map)
{
    g_array_sort(map->elements, (GCompareFunc)firewall_element_compare);
}

gboolean firewall_map_equal(const FirewallMap *a, const FirewallMap *b)
{
    if (!g_str_equal(a->definition, b->definition) || a->elements->len != b->elements->len)
        return FALSE;
    for (guint i = 0; i < a->elements->len; i++)
        if (!firewall_element_equal(&g_array_index(a->elements, FirewallElement, i),
                                    &g_array_index(b->elements, FirewallElement, i)))
            return FALSE;
    return TRUE;
}

gboolean firewall_chain_equal(const FirewallChain *a, const FirewallChain *b)
{
    if (!g_str_equal(a->definition, b->definition) || a->rules->len != b->rules->len)
        return FALSE;
    for (guint i = 0; i < a->rules->len; i++) {
        const FirewallRule *left = g_ptr_array_index(a->rules, i);
        const FirewallRule *right = g_ptr_array_index(b->rules, i);
        if (!g_str_equal(left->text, right->text))
            return FALSE;
    }
    return TRUE;
}

void firewall_chain_define(FirewallChain *chain, const struct nftnl_chain *nftnl)
{
    g_free(chain->definition);
    chain->definition = firewall_chain_definition(nftnl);
}

void firewall_map_define(FirewallMap *map, const struct nftnl_set *nftnl)
{
    g_free(map->definition);
    map->definition = firewall_map_definition(nftnl);
    map->interval = (nftnl_set_get_u32(nftnl, NFTNL_SET_FLAGS) & NFT_SET_INTERVAL) != 0;
}

static void keep_elements(FirewallMap *map, const FirewallMap *other)
{
    const guint own = map->elements->len;
    guint mine = 0;
    for (guint i = 0; i < other->elements->len; i++) {
        const FirewallElement *theirs = &g_array_index(other->elements, FirewallElement, i);
        while (mine < own && firewall_element_compare(
                                 &g_array_index(map->elements, FirewallElement, mine), theirs) < 0)
            mine++;
        if (mine == own || firewall_element_compare(
                               &g_array_index(map->elements, FirewallElement, mine), theirs) != 0)
            firewall_map_add_element(map, theirs->protocol, theirs->ports, theirs->verdict,
                                     theirs->chain);
    }
    firewall_map_sort(map);
}

void firewall_ruleset_keep(FirewallRuleset *ruleset, const FirewallRuleset *other)
{
    for (guint i = 0; i < other->objects->len; i++) {
        FirewallObject *object = g_ptr_array_index(other->objects, i);
        if (!firewall_ruleset_find_object(ruleset, object->name, object->type))
            g_ptr_array_add(ruleset->objects, g_rc_box_acquire(object));
    }
    for (guint i = 0; i < other->chains->len; i++) {
        FirewallChain *chain = g_ptr_array_index(other->chains, i);
        if (!firewall_ruleset_find_chain(ruleset, chain->name))
            g_ptr_array_add(ruleset->chains, g_rc_box_acquire(chain));
    }
    for (guint i = 0; i < other->maps->len; i++) {
        FirewallMap *theirs = g_ptr_array_index(other->maps, i);
        FirewallMap *mine = firewall_ruleset_find_map(ruleset, theirs->name);
        if (mine)
            keep_elements(mine, theirs);
        else
            g_ptr_array_add(ruleset->maps, g_rc_box_acquire(theirs));
    }
}
