/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-ports.h"

#include <string.h>

static char *ports_of(GVariant *ports, const char *wanted)
{
    GString *text = g_string_new(NULL);
    GVariantIter iter;
    const char *protocol;
    guint16 first;
    guint16 last;
    g_variant_iter_init(&iter, ports);
    while (g_variant_iter_next(&iter, "(&sqq)", &protocol, &first, &last)) {
        if (strcmp(protocol, wanted) != 0)
            continue;
        g_string_append_printf(text, "%s%u", text->len ? ", " : "", first);
        if (last > first)
            g_string_append_printf(text, "-%u", last);
    }
    return g_string_free(text, FALSE);
}

char *page_ports_words(GVariant *item)
{
    g_autoptr(GVariant) ports = facts_value(item, "Ports", "a(sqq)");
    if (!ports || g_variant_n_children(ports) == 0)
        return NULL;
    g_autofree char *tcp = ports_of(ports, "tcp");
    g_autofree char *udp = ports_of(ports, "udp");
    if (*tcp == '\0' && *udp == '\0')
        return NULL;
    if (*udp == '\0')
        return g_strconcat("TCP ", tcp, NULL);
    if (*tcp == '\0')
        return g_strconcat("UDP ", udp, NULL);
    if (strcmp(tcp, udp) == 0)
        return g_strconcat("TCP and UDP ", tcp, NULL);
    return g_strconcat("TCP ", tcp, "; UDP ", udp, NULL);
}

char *page_ports_blocked(GVariant *item)
{
    const guint64 packets = facts_number(item, "BlockedPackets");
    if (packets == 0)
        return g_strdup("no packet blocked");
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s blocked (%" G_GUINT64_FORMAT " bytes)",
                           packets, packets == 1 ? "packet" : "packets",
                           facts_number(item, "BlockedBytes"));
}
