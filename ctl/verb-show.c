/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl show: the policy in force as the trade's own panels show it, by category and group. */
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

#define INDENT 2

static void add_headings(Table *table, JsonObject *previous, JsonObject *item)
{
    const char *category = json_get_string(item, "Category");
    const char *group = json_get_string(item, "Group");
    gboolean new_category =
        !previous || strcmp(json_get_string(previous, "Category"), category) != 0;
    if (new_category) {
        if (previous) {
            table_add_heading(table, 0, COLOR_NONE, "");
        }
        table_add_heading(table, 0, COLOR_BOLD, category);
    }
    if (*group && (new_category || strcmp(json_get_string(previous, "Group"), group) != 0)) {
        table_add_heading(table, INDENT, COLOR_NONE, group);
    }
}

/* One row for each parameter, below its item. */
static void add_parameters(Table *table, JsonObject *parameters, guint indent)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init_ordered(&iter, parameters);
    while (json_object_iter_next_ordered(&iter, &name, &value)) {
        g_autofree char *text = item_value_to_text(name, value);
        table_add_row(table, indent);
        table_add_cell(table, COLOR_NONE, name);
        table_add_cell(table, COLOR_NONE, text);
    }
}

static void add_item(Table *table, JsonObject *item)
{
    const char *key = json_get_string(item, "Key");
    const char *state = json_get_string(item, "State");
    guint indent = *json_get_string(item, "Group") ? 2 * INDENT : INDENT;
    g_autofree char *value = item_value_to_text(key, json_object_get_member(item, "Value"));

    table_add_row(table, indent);
    table_add_cell(table, COLOR_NONE, key);
    table_add_cell(table, COLOR_NONE, value);
    table_add_cell(table, state_to_color(state), state);
    table_add_cell(table, COLOR_NONE, json_get_string(item, "Label"));

    JsonObject *parameters = json_get_object(item, "Parameters");
    if (parameters) {
        add_parameters(table, parameters, indent + INDENT);
    }
}

static void print_items(const Context *context, JsonArray *items, JsonObject *manager)
{
    static const char *const columns[] = {"ITEM", "VALUE", "STATE", "LABEL", NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_CUT);
    JsonObject *previous = NULL;
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        add_headings(table, previous, item);
        add_item(table, item);
        previous = item;
    }
    table_print(table, &context->terminal, context->legend);
    if (context->legend) {
        g_autofree char *counts = compliance_to_text(json_get_object(manager, "Compliance"));
        printf("\n%u items: %s\n", json_array_get_length(items), counts);
    }
}

ExitCode verb_show(const Context *context, const char *argument)
{
    if (argument) {
        return show_item(context, argument);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) items = client ? manager_client_items(client, &error) : NULL;
    g_autoptr(JsonObject) manager = items ? manager_client_properties(client, &error) : NULL;
    if (!manager) {
        return verb_failed(error);
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_array(items, context->json);
    } else {
        print_items(context, items, manager);
    }
    return EXIT_CODE_OK;
}
