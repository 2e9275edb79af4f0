/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-ruleset.h"

#include "daemon/enforce/firewall/firewall-chains.h"
#include "daemon/enforce/firewall/firewall-maps.h"

#include <linux/netfilter.h>

const char *const firewall_table_names[] = {"secpold", "secpold-2", NULL};

FirewallRuleset *firewall_ruleset_build(const Plan *plan, const FirewallParameters *parameters)
{
    FirewallRuleset *ruleset = firewall_ruleset_new(parameters->table);
    if (plan->closures->len == 0)
        return ruleset;

    ruleset->present = TRUE;
    ruleset->flags = parameters->flags;
    firewall_add_maps(ruleset, plan, parameters);
    firewall_add_chains(ruleset, plan, parameters);
    return ruleset;
}

FirewallSlot firewall_ruleset_slot(const FirewallRuleset *ruleset)
{
    for (FirewallSlot slot = FIREWALL_SLOT_A; slot <= FIREWALL_SLOT_B; slot++)
        if (firewall_ruleset_find_map(ruleset, firewall_range_map(slot)) &&
            firewall_ruleset_find_map(ruleset, firewall_range_map_prerouting(slot)))
            return slot;
    return FIREWALL_SLOT_NONE;
}

gboolean firewall_ruleset_same_ranges(const FirewallRuleset *a, const FirewallRuleset *b)
{
    const FirewallSlot left = firewall_ruleset_slot(a);
    const FirewallSlot right = firewall_ruleset_slot(b);
    if (left == FIREWALL_SLOT_NONE || right == FIREWALL_SLOT_NONE)
        return left == right;
    return firewall_map_equal(firewall_ruleset_find_map(a, firewall_range_map(left)),
                              firewall_ruleset_find_map(b, firewall_range_map(right))) &&
           firewall_map_equal(firewall_ruleset_find_map(a, firewall_range_map_prerouting(left)),
                              firewall_ruleset_find_map(b, firewall_range_map_prerouting(right)));
}

gboolean firewall_is_own_map(const char *name)
{
    return g_str_equal(name, MAP_CLOSED) || g_str_equal(name, MAP_CLOSED_PREROUTING) ||
           g_str_equal(name, firewall_range_map(FIREWALL_SLOT_A)) ||
           g_str_equal(name, firewall_range_map(FIREWALL_SLOT_B)) ||
           g_str_equal(name, firewall_range_map_prerouting(FIREWALL_SLOT_A)) ||
           g_str_equal(name, firewall_range_map_prerouting(FIREWALL_SLOT_B));
}

gboolean firewall_is_rival_hook(guint32 hook, gint32 priority)
{
    switch (hook) {
    case NF_INET_PRE_ROUTING:
        return priority == FIREWALL_PREROUTING_PRIORITY;
    case NF_INET_LOCAL_IN:
        return priority == FIREWALL_INPUT_PRIORITY;
    case NF_INET_LOCAL_OUT:
        return priority == FIREWALL_OUTPUT_PRIORITY;
    default:
        return FALSE;
    }
}

char *firewall_item_chain(guint item)
{
    GString *name = g_string_new(NULL);
    for (const char *key = catalog_items[item].key; *key; key++) {
        if (g_ascii_isupper(*key) && name->len > 0)
            g_string_append_c(name, '-');
        g_string_append_c(name, g_ascii_tolower(*key));
    }
    return g_string_free(name, FALSE);
}

gint firewall_chain_item(const char *name)
{
    for (guint item = 0; item < CATALOG_N_ITEMS; item++) {
        g_autofree char *chain = firewall_item_chain(item);
        if (g_str_equal(chain, name))
            return (gint)item;
    }
    return -1;
}
