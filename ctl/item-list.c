/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/item-list.h"

#include "ctl/item-text.h"
#include "ctl/key-search.h"
#include "ctl/manager-client.h"

#include "daemon/policy/catalog.h"

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
        table_add_heading(table, 0, COLOR_BOLD, category_display_label(category));
    }
    if (*group && (new_category || strcmp(json_get_string(previous, "Group"), group) != 0)) {
        table_add_heading(table, INDENT, COLOR_NONE, group);
    }
}

void item_list_add_parameters(Table *table, JsonObject *item, guint indent)
{
    JsonObject *parameters = json_get_object(item, "Parameters");
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    if (!parameters) {
        return;
    }
    json_object_iter_init_ordered(&iter, parameters);
    while (json_object_iter_next_ordered(&iter, &name, &value)) {
        g_autofree char *text = item_value_to_text(name, value);
        table_add_row(table, indent);
        table_add_cell(table, COLOR_NONE, name);
        table_add_cell(table, COLOR_NONE, text);
    }
}

static void add_item(Table *table, JsonObject *item, gboolean with_states)
{
    const char *key = json_get_string(item, "Key");
    const char *state = json_get_string(item, "State");
    guint indent = *json_get_string(item, "Group") ? 2 * INDENT : INDENT;
    g_autofree char *value = item_value_to_text(key, json_object_get_member(item, "Value"));

    table_add_row(table, indent);
    table_add_cell(table, COLOR_NONE, key);
    table_add_cell(table, COLOR_NONE, value);
    if (with_states) {
        table_add_cell(table, state_to_color(state), state);
    }
    table_add_cell(table, COLOR_NONE, json_get_string(item, "Label"));
    item_list_add_parameters(table, item, indent + INDENT);
}

static void complain_unknown(JsonArray *items, const char *key)
{
    if (catalog_find_setting(key)) {
        complain("%s is a setting, not an item; try: secpolctl explain %s", key, key);
        return;
    }
    g_auto(KeySearch) search = {};
    key_search_init(&search, key);
    key_search_offer(&search, items, "Key");
    g_autofree char *hint = key_search_to_hint(&search, "; secpolctl show lists all of them");
    complain("there is no item %s%s", key, hint);
}

JsonObject *item_list_find(JsonArray *items, const char *key)
{
    JsonObject *item = manager_client_find_nocase(items, "Key", key);
    if (!item) {
        complain_unknown(items, key);
    }
    return item;
}

void item_list_print(const Context *context, JsonArray *items, gboolean with_states)
{
    static const char *const columns[] = {"ITEM", "VALUE", "LABEL", NULL};
    static const char *const columns_with_states[] = {"ITEM", "VALUE", "STATE", "LABEL", NULL};

    g_autoptr(Table) table = table_new(with_states ? columns_with_states : columns, TABLE_CUT);
    JsonObject *previous = NULL;
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        add_headings(table, previous, item);
        add_item(table, item, with_states);
        previous = item;
    }
    table_print(table, &context->terminal, context->legend);
}

JsonObject *item_list_compliance(JsonArray *items)
{
    JsonObject *compliance = json_object_new();
    for (guint i = 0; i < json_array_get_length(items); i++) {
        const char *state = json_get_string(json_object_at(items, i), "State");
        json_object_set_int_member(compliance, state, json_get_integer(compliance, state) + 1);
    }
    return compliance;
}
