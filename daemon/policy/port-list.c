/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/port-list.h"

#include <string.h>

#include "daemon/policy/ini-value.h"

static gboolean refuse(GError **error, const char *word, const char *problem)
{
    g_autofree char *quoted = ini_value_quote(word);
    g_set_error(error, INI_VALUE_ERROR, INI_VALUE_ERROR_INVALID, "%s %s", quoted, problem);
    return FALSE;
}

static gboolean parse_protocol(const char *protocol, PortListEntry *entry)
{
    entry->tcp = protocol == NULL || strcmp(protocol, "tcp") == 0;
    entry->udp = protocol == NULL || strcmp(protocol, "udp") == 0;
    return entry->tcp || entry->udp;
}

static gboolean parse_port(const char *text, guint16 *ret_port)
{
    guint64 port;
    if (!ini_value_parse_number(text, 1, G_MAXUINT16, NULL, &port, NULL))
        return FALSE;
    *ret_port = (guint16)port;
    return TRUE;
}

gboolean port_list_parse_entry(const char *word, PortListEntry *ret_entry, GError **error)
{
    PortListEntry entry;
    g_auto(GStrv) parts = g_strsplit(word, "/", 2);
    if (parts[0] == NULL || !parse_protocol(parts[1], &entry))
        return refuse(error, word, "names a protocol that is neither tcp nor udp");

    g_auto(GStrv) ends = g_strsplit(parts[0], "-", 2);
    const char *last = ends[0] != NULL && ends[1] != NULL ? ends[1] : ends[0];
    if (last == NULL || !parse_port(ends[0], &entry.range.first) ||
        !parse_port(last, &entry.range.last))
        return refuse(error, word,
                      "is not PORT, PORT-PORT or either with /tcp or /udp; ports are 1 to 65535");
    if (entry.range.last < entry.range.first)
        return refuse(error, word, "is reversed; the lower port comes first");
    *ret_entry = entry;
    return TRUE;
}

void port_list_add_to(const GArray *entries, PortSet *tcp, PortSet *udp)
{
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        const PortListEntry *entry = &g_array_index(entries, PortListEntry, i);
        if (entry->tcp)
            port_set_add_range(tcp, entry->range.first, entry->range.last);
        if (entry->udp)
            port_set_add_range(udp, entry->range.first, entry->range.last);
    }
}

static void append_entry(GString *text, const PortListEntry *entry)
{
    g_string_append_printf(text, "%u", entry->range.first);
    if (entry->range.last != entry->range.first)
        g_string_append_printf(text, "-%u", entry->range.last);
    if (entry->tcp != entry->udp)
        g_string_append(text, entry->tcp ? "/tcp" : "/udp");
}

char *port_list_entry_to_string(const PortListEntry *entry)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_entry(text, entry);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *port_list_to_string(const GArray *entries)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < entries->len; i++) {
        if (i > 0)
            g_string_append(text, ", ");
        append_entry(text, &g_array_index(entries, PortListEntry, i));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
