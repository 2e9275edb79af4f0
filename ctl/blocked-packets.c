/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/blocked-packets.h"

#include "ctl/manager-client.h"

#include <string.h>

static gboolean item_closes(JsonObject *item, const char *protocol, gint64 port)
{
    /* What stands in for TCP and UDP goes with them. */
    const char *base =
        strcmp(protocol, "tcp") == 0 || strcmp(protocol, "sctp") == 0 ? "tcp" : "udp";
    JsonArray *runs = item ? json_get_array(item, "Ports") : NULL;
    for (guint i = 0; runs && i < json_array_get_length(runs); i++) {
        JsonObject *run = json_object_at(runs, i);
        if (run && strcmp(json_get_string(run, "Protocol"), base) == 0 &&
            json_get_integer(run, "First") <= port && port <= json_get_integer(run, "Last")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A packet on its way out is refused for the port it comes from or, to a multicast group, for the
 * one it goes to. */
static gint64 closed_port(JsonObject *packet, gboolean outgoing, JsonArray *items)
{
    JsonObject *item = manager_client_find(items, "Key", json_get_string(packet, "Item"));
    gint64 source = json_get_integer(packet, "SourcePort");
    gboolean by_source = outgoing && item_closes(item, json_get_string(packet, "Protocol"), source);
    return by_source ? source : json_get_integer(packet, "DestinationPort");
}

static JsonObject *group_new(JsonObject *packet, JsonArray *items)
{
    static const char *const members[] = {"Item", "Protocol", "Source", "Interface"};

    JsonObject *group = json_object_new();
    gboolean outgoing = *json_get_string(packet, "Interface") == '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_copy_member(group, packet, members[i]);
    }
    json_object_set_string_member(group, "Direction", outgoing ? "out" : "in");
    json_object_set_string_member(group, "Destination",
                                  outgoing ? json_get_string(packet, "Destination") : "");
    json_object_set_int_member(group, "Port", closed_port(packet, outgoing, items));
    json_object_set_int_member(group, "Packets", 0);
    json_object_set_int_member(group, "LastUSec", json_get_integer(packet, "USec"));
    return group;
}

static char *name_of_group(JsonObject *group)
{
    return g_strdup_printf("%s %s %" G_GINT64_FORMAT " %s %s %s", json_get_string(group, "Item"),
                           json_get_string(group, "Protocol"), json_get_integer(group, "Port"),
                           json_get_string(group, "Source"), json_get_string(group, "Destination"),
                           json_get_string(group, "Interface"));
}

JsonArray *blocked_packets_count(JsonArray *packets, JsonArray *items, const char *key)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    JsonArray *groups = json_array_new();
    for (guint i = 0; i < json_array_get_length(packets); i++) {
        JsonObject *packet = json_object_at(packets, i);
        if (key && strcmp(json_get_string(packet, "Item"), key) != 0) {
            continue;
        }
        g_autoptr(JsonObject) fresh = group_new(packet, items);
        g_autofree char *name = name_of_group(fresh);
        JsonObject *group = g_hash_table_lookup(known, name);
        if (!group) {
            group = fresh;
            g_hash_table_insert(known, g_steal_pointer(&name), group);
            json_array_add_object_element(groups, json_object_ref(group));
        }
        json_object_set_int_member(group, "Packets", json_get_integer(group, "Packets") + 1);
        json_object_set_int_member(group, "FirstUSec", json_get_integer(packet, "USec"));
    }
    return groups;
}
