/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/closing-ports.h"

#include "ctl/manager-client.h"

#include <string.h>

gboolean item_value_is_requested(JsonNode *value)
{
    if (JSON_NODE_HOLDS_ARRAY(value)) {
        JsonArray *pair = json_node_get_array(value);
        return json_array_get_length(pair) > 0 &&
               item_value_is_requested(json_array_get_element(pair, 0));
    }
    if (!JSON_NODE_HOLDS_VALUE(value)) {
        return FALSE;
    }
    if (json_node_get_value_type(value) == G_TYPE_BOOLEAN) {
        return json_node_get_boolean(value);
    }
    return json_node_get_value_type(value) == G_TYPE_INT64 && json_node_get_int(value) > 0;
}

static gboolean is_available(JsonObject *item)
{
    return strcmp(json_get_string(item, "State"), "not-available") != 0;
}

static gboolean is_requested(JsonObject *object, const char *member)
{
    JsonNode *value = json_object_get_member(object, member);
    return value && item_value_is_requested(value);
}

gboolean change_switches_on(JsonObject *change, JsonArray *items)
{
    JsonObject *item = manager_client_find(items, "Key", json_get_string(change, "Item"));
    return item && is_available(item) && !is_requested(change, "From") &&
           is_requested(change, "To");
}

void item_ports(JsonObject *item, ClosingPorts *ret_ports)
{
    ClosingPorts ports = {};
    JsonArray *runs = json_get_array(item, "Ports");
    for (guint i = 0; runs && i < json_array_get_length(runs); i++) {
        JsonObject *run = json_object_at(runs, i);
        gint64 first = run ? json_get_integer(run, "First") : 0;
        gint64 last = run ? json_get_integer(run, "Last") : 0;
        if (first < 1 || last < first || last > G_MAXUINT16) {
            continue;
        }
        gboolean tcp = strcmp(json_get_string(run, "Protocol"), "tcp") == 0;
        port_set_add_range(tcp ? &ports.tcp : &ports.udp, (guint)first, (guint)last);
    }
    *ret_ports = ports;
}

/* Adds what the item closes wholly: of a port that is filtered only, something still gets in. */
static void add_item(JsonObject *item, ClosingPorts *ports)
{
    const CatalogItem *row = catalog_find_item(json_get_string(item, "Key"));
    ClosingPorts own;
    item_ports(item, &own);
    port_set_union(&ports->tcp, &own.tcp);
    if (!row || row->effect != KERNEL_EFFECT_SNMP_V3_ONLY) {
        port_set_union(&ports->udp, &own.udp);
    }
}

void closing_ports_of_change(JsonObject *change, JsonArray *items, ClosingPorts *ret_ports)
{
    ClosingPorts closing = {};
    ClosingPorts closed = {};
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        if (item && is_available(item) && json_get_boolean(item, "Requested")) {
            add_item(item, &closed);
        }
    }
    if (change_switches_on(change, items)) {
        add_item(manager_client_find(items, "Key", json_get_string(change, "Item")), &closing);
    }
    port_set_subtract(&closing.tcp, &closed.tcp);
    port_set_subtract(&closing.udp, &closed.udp);
    *ret_ports = closing;
}

void closing_ports_add(ClosingPorts *ports, const ClosingPorts *other)
{
    port_set_union(&ports->tcp, &other->tcp);
    port_set_union(&ports->udp, &other->udp);
}
