/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-item.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "daemon/bus/bus-object.h"
#include "daemon/bus/bus-value.h"
#include "daemon/enforce/firewall/firewall.h"

/* What is published of an item. sd-bus reads plain fields by their offset. */
typedef struct BusItem {
    const BusContext *context;
    guint index;
    const char *key;
    char *label;
    const char *category;
    const char *group;
    const char *function;
    const char *description;
    const char *consequence;
    int requested;
    const char *state;
    char *detail;
    const char *verified_by;
    Plan *plan; /* value, parameters and ports as published */
} BusItem;

struct BusItems {
    BusItem items[CATALOG_N_ITEMS];
};

static const PlanItem *plan_item(const BusItem *item)
{
    return &item->plan->items[item->index];
}

static int get_value(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    return bus_value_append_variant(reply, plan_item(data)->value);
}

static int get_parameters(sd_bus *bus, const char *path, const char *interface,
                          const char *property, sd_bus_message *reply, void *data,
                          sd_bus_error *ret_error)
{
    return bus_value_append(reply, plan_item(data)->parameters);
}

static int get_ports(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const GArray *ports = plan_item(data)->ports;

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(sqq)");
    for (guint i = 0; r >= 0 && i < ports->len; i++) {
        const ProtocolPorts *run = &g_array_index(ports, ProtocolPorts, i);
        r = sd_bus_message_append(reply, "(sqq)", run->protocol == IPPROTO_TCP ? "tcp" : "udp",
                                  run->range.first, run->range.last);
    }
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_settings(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const BusItem *item = data;
    const CatalogItem *row = &catalog_items[item->index];

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "s");
    for (gsize i = 0; r >= 0 && i < row->n_settings; i++)
        r = sd_bus_message_append(reply, "s", row->settings[i].setting);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_blocked(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const BusItem *item = data;
    guint64 packets = 0;
    guint64 bytes = 0;
    g_autoptr(GError) error = NULL;

    if (plan_item(item)->active &&
        !firewall_counters(item->context->firewall, item->index, &packets, &bytes, &error))
        return sd_bus_error_set(ret_error, SD_BUS_ERROR_FAILED, error->message);
    return sd_bus_message_append(reply, "t",
                                 strcmp(property, "BlockedBytes") == 0 ? bytes : packets);
}

static int get_verified(sd_bus *bus, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const BusItem *item = data;
    return sd_bus_message_append(
        reply, "t", reconciler_verified(manager_reconciler(item->context->manager), item->index));
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

static const sd_bus_vtable item_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Key", "s", NULL, offsetof(BusItem, key), CONSTANT),
    SD_BUS_PROPERTY("Label", "s", NULL, offsetof(BusItem, label), CONSTANT),
    SD_BUS_PROPERTY("Category", "s", NULL, offsetof(BusItem, category), CONSTANT),
    SD_BUS_PROPERTY("Group", "s", NULL, offsetof(BusItem, group), CONSTANT),
    SD_BUS_PROPERTY("Function", "s", NULL, offsetof(BusItem, function), CONSTANT),
    SD_BUS_PROPERTY("Description", "s", NULL, offsetof(BusItem, description), CONSTANT),
    SD_BUS_PROPERTY("Consequence", "s", NULL, offsetof(BusItem, consequence), CONSTANT),
    SD_BUS_PROPERTY("Requested", "b", NULL, offsetof(BusItem, requested), CHANGES),
    SD_BUS_PROPERTY("Value", "v", get_value, 0, CHANGES),
    SD_BUS_PROPERTY("Parameters", "a{sv}", get_parameters, 0, CHANGES),
    SD_BUS_PROPERTY("State", "s", NULL, offsetof(BusItem, state), CHANGES),
    SD_BUS_PROPERTY("Detail", "s", NULL, offsetof(BusItem, detail), CHANGES),
    SD_BUS_PROPERTY("VerifiedBy", "s", NULL, offsetof(BusItem, verified_by), CHANGES),
    SD_BUS_PROPERTY("VerifiedUSec", "t", get_verified, 0, 0),
    SD_BUS_PROPERTY("Ports", "a(sqq)", get_ports, 0, CHANGES),
    SD_BUS_PROPERTY("Settings", "as", get_settings, 0, CONSTANT),
    SD_BUS_PROPERTY("BlockedPackets", "t", get_blocked, 0, 0),
    SD_BUS_PROPERTY("BlockedBytes", "t", get_blocked, 0, 0),
    SD_BUS_VTABLE_END,
};

static gboolean same_ports(const PlanItem *a, const PlanItem *b)
{
    if (a->ports->len != b->ports->len)
        return FALSE;
    for (guint i = 0; i < a->ports->len; i++) {
        const ProtocolPorts *left = &g_array_index(a->ports, ProtocolPorts, i);
        const ProtocolPorts *right = &g_array_index(b->ports, ProtocolPorts, i);
        if (left->protocol != right->protocol || left->range.first != right->range.first ||
            left->range.last != right->range.last)
            return FALSE;
    }
    return TRUE;
}

/* Takes over the present facts; adds the names of the properties that differ to @changed. */
static void refresh(BusItem *item, GPtrArray *changed)
{
    Reconciler *reconciler = manager_reconciler(item->context->manager);
    const ItemStatus *status = reconciler_item(reconciler, item->index);
    Plan *plan = reconciler_plan(reconciler);
    const PlanItem *now = &plan->items[item->index];
    const PlanItem *before = item->plan ? plan_item(item) : now;

    bus_object_note(changed, "Requested", item->requested != now->requested);
    bus_object_note(changed, "Value", !g_variant_equal(before->value, now->value));
    bus_object_note(changed, "Parameters", !g_variant_equal(before->parameters, now->parameters));
    bus_object_note(changed, "Ports", !same_ports(before, now));
    bus_object_note(changed, "State", item->state != item_state_to_string(status->state));
    bus_object_note(changed, "Detail", g_strcmp0(item->detail, status->detail) != 0);
    bus_object_note(changed, "VerifiedBy",
                    item->verified_by != verified_by_to_string(status->verified_by));

    item->requested = now->requested;
    plan_ref(plan);
    plan_unref(item->plan);
    item->plan = plan;
    item->state = item_state_to_string(status->state);
    g_free(item->detail);
    item->detail = g_strdup(status->detail);
    item->verified_by = verified_by_to_string(status->verified_by);
}

static void item_init(BusItem *item, const BusContext *context, guint index)
{
    const CatalogItem *row = &catalog_items[index];
    g_autoptr(GPtrArray) ignored = g_ptr_array_new();

    *item = (BusItem){
        .context = context,
        .index = index,
        .key = row->key,
        .label = catalog_item_display_label(row),
        .category = category_to_string(row->category),
        .group = row->group ? row->group : "",
        .function = row->function,
        .description = row->description,
        .consequence = row->consequence,
    };
    refresh(item, ignored);
}

BusItems *bus_items_new(const BusContext *context)
{
    BusItems *items = g_new0(BusItems, 1);

    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        item_init(&items->items[i], context, i);
    return items;
}

void bus_items_free(BusItems *items)
{
    if (!items)
        return;
    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        g_free(items->items[i].label);
        g_free(items->items[i].detail);
        plan_unref(items->items[i].plan);
    }
    g_free(items);
}

static int find_item(sd_bus *bus, const char *path, const char *interface, void *data,
                     void **ret_found, sd_bus_error *ret_error)
{
    BusItems *items = data;
    const char *key = bus_object_name(path, BUS_ITEM_PATH);
    const CatalogItem *row = key ? catalog_find_item(key) : NULL;

    if (!row)
        return 0;
    *ret_found = &items->items[catalog_item_index(row)];
    return 1;
}

static int list_items(sd_bus *bus, const char *prefix, void *data, char ***ret_nodes,
                      sd_bus_error *ret_error)
{
    const char *names[CATALOG_N_ITEMS];

    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        names[i] = catalog_items[i].key;
    return bus_object_nodes(BUS_ITEM_PATH, names, CATALOG_N_ITEMS, ret_nodes);
}

int bus_items_attach(BusItems *items, sd_bus *bus)
{
    const int r = sd_bus_add_fallback_vtable(bus, NULL, BUS_ITEM_PATH, BUS_ITEM_IFACE, item_vtable,
                                             find_item, items);
    return r < 0 ? r : sd_bus_add_node_enumerator(bus, NULL, BUS_ITEM_PATH, list_items, items);
}

void bus_items_update(BusItems *items, sd_bus *bus, guint index)
{
    BusItem *item = &items->items[index];
    g_autoptr(GPtrArray) changed = g_ptr_array_new();

    refresh(item, changed);
    g_autofree char *path = g_strconcat(BUS_ITEM_PATH "/", item->key, NULL);
    bus_object_emit_changed(bus, path, BUS_ITEM_IFACE, changed);
}
