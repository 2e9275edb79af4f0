/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/plan-diff.h"

#include <netinet/in.h>

static void plan_change_free(PlanChange *change)
{
    g_variant_unref(change->from);
    g_variant_unref(change->to);
    g_array_unref(change->closes);
    g_array_unref(change->opens);
    g_free(change);
}

GVariant *plan_item_full_value(const PlanItem *item)
{
    if (g_variant_n_children(item->parameters) == 0)
        return g_variant_ref(item->value);
    return g_variant_ref_sink(g_variant_new("(v@a{sv})", item->value, item->parameters));
}

static gboolean same_run(const ProtocolPorts *a, const ProtocolPorts *b)
{
    return a->protocol == b->protocol && a->range.first == b->range.first &&
           a->range.last == b->range.last;
}

static gboolean same_ports(const PlanItem *a, const PlanItem *b)
{
    if (a->ports->len != b->ports->len)
        return FALSE;
    for (guint i = 0; i < a->ports->len; i++)
        if (!same_run(&g_array_index(a->ports, ProtocolPorts, i),
                      &g_array_index(b->ports, ProtocolPorts, i)))
            return FALSE;
    return TRUE;
}

static gboolean same_item(const PlanItem *a, const PlanItem *b)
{
    if (a->active != b->active || !g_variant_equal(a->value, b->value) ||
        !g_variant_equal(a->parameters, b->parameters))
        return FALSE;
    return !a->active || (same_ports(a, b) && g_strcmp0(a->narrowed, b->narrowed) == 0);
}

/* A filter in the way of UDP does not count as closed for an item that closes ports wholly. */
static gboolean counts(const PlanClosure *closure, KernelEffect effect)
{
    return effect != KERNEL_EFFECT_CLOSE_PORTS || closure->ports.protocol != IPPROTO_UDP ||
           catalog_items[closure->item].effect == KERNEL_EFFECT_CLOSE_PORTS;
}

/* Takes from @ports what @plan closes just as well as an item with @effect does. */
static void subtract_closed(PortSet *ports, const Plan *plan, guint8 protocol, KernelEffect effect)
{
    for (guint i = 0; i < plan->closures->len; i++) {
        const PlanClosure *closure = &g_array_index(plan->closures, PlanClosure, i);

        if (closure->ports.protocol == protocol && counts(closure, effect))
            port_set_remove_range(ports, closure->ports.range.first, closure->ports.range.last);
    }
}

/* What the item closes in @plan and nothing closes in @other. */
static GArray *closed_only_in(const Plan *plan, const Plan *other, guint item)
{
    static const guint8 protocols[] = {IPPROTO_TCP, IPPROTO_UDP};
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(ProtocolPorts));

    for (gsize i = 0; plan->items[item].active && i < G_N_ELEMENTS(protocols); i++) {
        PortSet set;

        plan_item_ports(&plan->items[item], protocols[i], &set);
        subtract_closed(&set, other, protocols[i], catalog_items[item].effect);
        protocol_ports_append(ports, protocols[i], &set);
    }
    return ports;
}

GPtrArray *plan_diff(const Plan *from, const Plan *to)
{
    GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)plan_change_free);

    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        if (same_item(&from->items[i], &to->items[i]))
            continue;

        PlanChange *change = g_new0(PlanChange, 1);

        change->item = i;
        change->from = plan_item_full_value(&from->items[i]);
        change->to = plan_item_full_value(&to->items[i]);
        change->closes = closed_only_in(to, from, i);
        change->opens = closed_only_in(from, to, i);
        g_ptr_array_add(changes, change);
    }
    return changes;
}
