/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl blocked: who was refused lately. */
#include "ctl/blocked-packets.h"
#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

static void add_group(Table *table, JsonObject *group)
{
    gboolean outgoing = strcmp(json_get_string(group, "Direction"), "out") == 0;
    g_autofree char *packets =
        g_strdup_printf("%" G_GINT64_FORMAT, json_get_integer(group, "Packets"));
    g_autofree char *port =
        g_strdup_printf("%" G_GINT64_FORMAT "/%s", json_get_integer(group, "Port"),
                        json_get_string(group, "Protocol"));
    g_autofree char *way = outgoing
                               ? g_strconcat("to ", json_get_string(group, "Destination"), NULL)
                               : g_strdup(json_get_string(group, "Interface"));
    g_autofree char *moment = moment_to_short_text(json_get_integer(group, "LastUSec"));
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, json_get_string(group, "Item"));
    table_add_cell(table, COLOR_NONE, packets);
    table_add_cell(table, COLOR_NONE, port);
    table_add_cell(table, COLOR_NONE, json_get_string(group, "Source"));
    table_add_cell(table, COLOR_NONE, way);
    table_add_cell(table, COLOR_NONE, moment);
}

/* Why no packet is listed; @item is the one that was asked about, NULL: all. Free with g_free(). */
static char *nothing_to_text(JsonObject *item)
{
    if (!item) {
        return g_strdup("Nothing was refused lately.");
    }
    g_autofree char *ports = ports_to_text(json_get_array(item, "Ports"));
    const char *key = json_get_string(item, "Key");
    const char *state = json_get_string(item, "State");
    if (*ports == '\0') {
        return g_strdup_printf("%s closes no port, so that there is nothing to refuse.", key);
    }
    if (strcmp(state, "off") == 0 || strcmp(state, "not-available") == 0) {
        return g_strdup_printf("%s is not in force, so that nothing is refused on %s.", key, ports);
    }
    return g_strdup_printf("Nothing was refused lately on %s.", ports);
}

static void print_text(const Context *context, JsonArray *groups, JsonObject *item)
{
    static const char *const columns[] = {"ITEM", "PACKETS", "PORT", "FROM", "BY", "LAST", NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_CUT);
    gint64 packets = 0;
    guint n_groups = json_array_get_length(groups);
    table_align_right(table, 1);
    for (guint i = 0; i < n_groups; i++) {
        JsonObject *group = json_object_at(groups, i);
        packets += json_get_integer(group, "Packets");
        add_group(table, group);
    }
    if (n_groups > 0) {
        table_print(table, &context->terminal, context->legend);
    }
    if (context->legend && n_groups == 0) {
        g_autofree char *raw = nothing_to_text(item);
        g_autofree char *line = terminal_escape(raw);
        puts(line);
    } else if (context->legend) {
        printf("\n%" G_GINT64_FORMAT " %s listed, a sample under a flood; secpolctl show KEY has "
               "the exact count\n",
               packets, packets == 1 ? "packet" : "packets");
    }
}

ExitCode verb_blocked(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) items = client ? manager_client_items(client, &error) : NULL;
    g_autoptr(JsonArray) packets = items ? manager_client_blocked(client, &error) : NULL;
    if (!packets) {
        return verb_failed(error);
    }
    JsonObject *item = argument ? item_list_find(items, argument) : NULL;
    if (argument && !item) {
        return EXIT_CODE_FAILED;
    }
    g_autoptr(JsonArray) groups =
        blocked_packets_count(packets, items, item ? json_get_string(item, "Key") : NULL);
    if (context->json != JSON_FORMAT_OFF) {
        json_print_array(groups, context->json);
    } else {
        print_text(context, groups, item);
    }
    return EXIT_CODE_OK;
}
