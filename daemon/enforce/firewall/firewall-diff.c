/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-diff.h"

#include "daemon/enforce/firewall/firewall-amend.h"

static void operation_clear(FirewallOperation *operation)
{
    if (operation->elements)
        g_array_unref(operation->elements);
}

static void difference_clear(FirewallDifference *difference)
{
    g_free(difference->text);
}

void firewall_diff_free(FirewallDiff *diff)
{
    if (!diff)
        return;
    g_array_unref(diff->operations);
    g_array_unref(diff->differences);
    g_free(diff);
}

void firewall_diff_operate(FirewallDiff *diff, FirewallOperation operation)
{
    g_array_append_val(diff->operations, operation);
}

void firewall_diff_report(FirewallDiff *diff, FirewallDifference difference, const char *format,
                          ...)
{
    va_list arguments;
    va_start(arguments, format);
    difference.text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_array_append_val(diff->differences, difference);
}

static const FirewallDifference everybody = {.concern = FIREWALL_CONCERNS_EVERYBODY};
static const FirewallDifference nobody = {.concern = FIREWALL_CONCERNS_NOBODY};

static gboolean is_abandoned(const FirewallRuleset *have)
{
    return have->flags == FIREWALL_TABLE_PERSIST;
}

/* Reports what the kernel can only change with the whole table. */
static gboolean must_replace(FirewallDiff *diff, const FirewallRuleset *have,
                             const FirewallRuleset *want)
{
    const guint before = diff->differences->len;
    const guint32 owned = FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST;
    if (have->flags != want->flags && !(want->flags == owned && is_abandoned(have)))
        firewall_diff_report(diff, everybody, "table %s has flags 0x%x instead of 0x%x",
                             have->table, have->flags, want->flags);

    for (guint i = 0; i < want->chains->len; i++) {
        const FirewallChain *chain = g_ptr_array_index(want->chains, i);
        const FirewallChain *old = firewall_ruleset_find_chain(have, chain->name);
        if (old && !g_str_equal(old->definition, chain->definition))
            firewall_diff_report(diff, everybody, "chain %s is \"%s\" instead of \"%s\"",
                                 chain->name, old->definition, chain->definition);
    }
    for (guint i = 0; i < want->maps->len; i++) {
        const FirewallMap *map = g_ptr_array_index(want->maps, i);
        const FirewallMap *old = firewall_ruleset_find_map(have, map->name);
        if (old && !g_str_equal(old->definition, map->definition))
            firewall_diff_report(diff, everybody, "map %s is \"%s\" instead of \"%s\"", map->name,
                                 old->definition, map->definition);
    }
    return diff->differences->len > before;
}

static void create(FirewallDiff *diff, const FirewallRuleset *want)
{
    g_autoptr(FirewallRuleset) nothing = firewall_ruleset_new(want->table);
    const guint n_differences = diff->differences->len;
    firewall_diff_operate(diff,
                          (FirewallOperation){.kind = FIREWALL_CREATE_TABLE, .ruleset = want});
    firewall_diff_amend(diff, nothing, want);
    /* That the table is missing, or another one, says it all. */
    g_array_set_size(diff->differences, n_differences);
}

FirewallDiff *firewall_diff_new(const FirewallRuleset *have, const FirewallRuleset *want)
{
    FirewallDiff *diff = g_new0(FirewallDiff, 1);
    diff->operations = g_array_new(FALSE, FALSE, sizeof(FirewallOperation));
    g_array_set_clear_func(diff->operations, (GDestroyNotify)operation_clear);
    diff->differences = g_array_new(FALSE, FALSE, sizeof(FirewallDifference));
    g_array_set_clear_func(diff->differences, (GDestroyNotify)difference_clear);

    if (!have->present && !want->present)
        return diff;
    if (!have->present) {
        firewall_diff_report(diff, everybody, "table %s is missing", want->table);
        create(diff, want);
    } else if (!want->present) {
        firewall_diff_report(diff, nobody, "table %s is superfluous", have->table);
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = FIREWALL_DELETE_TABLE, .ruleset = have});
    } else if (must_replace(diff, have, want)) {
        firewall_diff_operate(diff,
                              (FirewallOperation){.kind = FIREWALL_DELETE_TABLE, .ruleset = have});
        create(diff, want);
    } else {
        if (have->flags != want->flags)
            firewall_diff_operate(
                diff, (FirewallOperation){.kind = FIREWALL_ADOPT_TABLE, .ruleset = want});
        firewall_diff_amend(diff, have, want);
    }
    return diff;
}

gboolean firewall_diff_replaces(const FirewallDiff *diff)
{
    return diff->operations->len > 1 &&
           g_array_index(diff->operations, FirewallOperation, 0).kind == FIREWALL_DELETE_TABLE;
}

static gboolean item_has_ports(const PlanItem *item, const ProtocolPorts *ports)
{
    for (guint i = 0; i < item->ports->len; i++) {
        const ProtocolPorts *own = &g_array_index(item->ports, ProtocolPorts, i);
        if (own->protocol == ports->protocol && own->range.first <= ports->range.last &&
            ports->range.first <= own->range.last)
            return TRUE;
    }
    return FALSE;
}

gboolean firewall_difference_concerns(const FirewallDifference *difference, const Plan *plan,
                                      guint item)
{
    switch (difference->concern) {
    case FIREWALL_CONCERNS_ITEM:
        return difference->item == item;
    case FIREWALL_CONCERNS_PORTS:
        return item_has_ports(&plan->items[item], &difference->ports);
    case FIREWALL_CONCERNS_EVERYBODY:
        return TRUE;
    case FIREWALL_CONCERNS_NOBODY:
        break;
    }
    return FALSE;
}
