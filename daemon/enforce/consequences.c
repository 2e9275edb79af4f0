/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences.h"

#include <net/if.h>

#include "daemon/enforce/interface-kind.h"
#include "daemon/enforce/listener-survey.h"
#include "daemon/enforce/route-survey.h"
#include "daemon/enforce/usb-mounts.h"

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

static gboolean is_in_use(const char *name)
{
    g_autofree char *path = g_build_filename("/sys/class/net", name, "carrier", NULL);
    g_autofree char *carrier = NULL;

    return g_file_get_contents(path, &carrier, NULL, NULL) && carrier[0] == '1';
}

static void add_interfaces(GPtrArray *sentences, InterfaceKind kind)
{
    g_autoptr(GPtrArray) defaults = route_survey_default_interfaces(NULL);
    struct if_nameindex *interfaces = if_nameindex();

    for (const struct if_nameindex *at = interfaces; at && at->if_name; at++) {
        if (interface_kind_find(at->if_name) != kind)
            continue;
        if (defaults && g_ptr_array_find_with_equal_func(defaults, at->if_name, g_str_equal, NULL))
            add_once(sentences,
                     g_strdup_printf("The default route goes over %s, which this item stops",
                                     at->if_name));
        else if (is_in_use(at->if_name))
            add_once(sentences,
                     g_strdup_printf("%s is in use, and this item stops it", at->if_name));
    }
    if_freenameindex(interfaces);
}

static void add_mounts(GPtrArray *sentences)
{
    g_autoptr(GPtrArray) points = usb_mounts_find();

    for (guint i = 0; i < points->len; i++) {
        g_autofree char *point = g_utf8_make_valid(g_ptr_array_index(points, i), -1);
        add_once(
            sentences,
            g_strdup_printf("%s is mounted from USB storage, which this item takes away", point));
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

static void add_effect(GPtrArray *sentences, KernelEffect effect)
{
    switch (effect) {
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
        add_interfaces(sentences, INTERFACE_WIRELESS_DIRECT);
        break;
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
        add_interfaces(sentences, INTERFACE_WIRELESS_LAN);
        break;
    case KERNEL_EFFECT_NO_USB_DEVICE:
        add_interfaces(sentences, INTERFACE_USB_DEVICE);
        break;
    case KERNEL_EFFECT_NO_USB_STORAGE:
        add_mounts(sentences);
        break;
    case KERNEL_EFFECT_NONE:
    case KERNEL_EFFECT_CLOSE_PORTS:
    case KERNEL_EFFECT_SNMP_V3_ONLY:
        break;
    }
}

GStrv consequences_of_change(const PlanChange *change, const Plan *to)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);

    if (change->closes->len > 0)
        add_listeners(sentences, change, to);
    if (begins(change, to))
        add_effect(sentences, catalog_items[change->item].effect);
    if (sentences->len > MAX_SENTENCES) {
        const guint more = sentences->len - MAX_SENTENCES;
        g_ptr_array_set_size(sentences, MAX_SENTENCES);
        g_ptr_array_add(sentences, g_strdup_printf("And %u more of the kind", more));
    }
    g_ptr_array_add(sentences, NULL);
    return (GStrv)g_ptr_array_steal(sentences, NULL);
}
