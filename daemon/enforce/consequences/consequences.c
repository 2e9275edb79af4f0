/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/consequences.h"

#include "daemon/enforce/consequences/hardware-consequences.h"
#include "daemon/enforce/consequences/listener-survey.h"

/* A sentence more than this says that there are more. */
#define MAX_SENTENCES 64

static void add_once(GPtrArray *sentences, char *sentence)
{
    if (g_ptr_array_find_with_equal_func(sentences, sentence, g_str_equal, NULL))
        g_free(sentence);
    else
        g_ptr_array_add(sentences, sentence);
}

static char *describe_loss(const Listener *listener, const PlanChange *change, const Plan *to)
{
    if (catalog_items[change->item].effect == KERNEL_EFFECT_SNMP_V3_ONLY &&
        listener->protocol == IPPROTO_UDP)
        return g_strdup("will be reached by SNMP version 3 only");
    if (!to->exempt_interfaces[0])
        return g_strdup("will not be reached any more");
    g_autofree char *interfaces = g_strjoinv(" and ", to->exempt_interfaces);
    return g_strdup_printf("will be reached over %s only", interfaces);
}

static char *describe_listener(const Listener *listener)
{
    if (listener->unit[0] != '\0')
        return g_strdup(listener->unit);
    return g_strdup_printf("A program of user %u", listener->uid);
}

static void add_listeners(GPtrArray *sentences, const PlanChange *change, const Plan *to)
{
    PortSet tcp = {0}, udp = {0};

    for (guint i = 0; i < change->closes->len; i++) {
        const ProtocolPorts *closed = &g_array_index(change->closes, ProtocolPorts, i);
        port_set_add_range(closed->protocol == IPPROTO_TCP ? &tcp : &udp, closed->range.first,
                           closed->range.last);
    }
    g_autoptr(GPtrArray) listeners = listener_survey(&tcp, &udp, NULL);
    for (guint i = 0; listeners && i < listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(listeners, i);
        if (listener_is_loopback(listener))
            continue;
        g_autofree char *who = describe_listener(listener);
        g_autofree char *loss = describe_loss(listener, change, to);
        add_once(sentences,
                 g_strdup_printf("%s listens on %u/%s and %s", who, listener->port,
                                 listener->protocol == IPPROTO_TCP ? "tcp" : "udp", loss));
    }
}

/* Whether the item begins to have an effect; its former availability does not differ, as only a
 * document is compared. */
static gboolean begins(const PlanChange *change, const Plan *to)
{
    const gboolean was_requested = g_variant_is_of_type(change->from, G_VARIANT_TYPE_BOOLEAN) &&
                                   g_variant_get_boolean(change->from);

    return to->items[change->item].active && !was_requested;
}

GStrv consequences_of_change(const PlanChange *change, const Plan *to)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);

    if (change->closes->len > 0)
        add_listeners(sentences, change, to);
    if (begins(change, to))
        hardware_consequences_add(sentences, to, change->item);
    if (sentences->len > MAX_SENTENCES) {
        const guint more = sentences->len - MAX_SENTENCES;
        g_ptr_array_set_size(sentences, MAX_SENTENCES);
        g_ptr_array_add(sentences, g_strdup_printf("And %u more of the kind", more));
    }
    g_ptr_array_add(sentences, NULL);
    return (GStrv)g_ptr_array_steal(sentences, NULL);
}
