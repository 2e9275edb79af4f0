/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/attention.h"

#include "ctl/item-text.h"

void attention_print(const Context *context, JsonArray *items)
{
    static const char *const columns[] = {"", "", "", NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_WRAP);
    gboolean any = FALSE;
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        const char *state = json_get_string(item, "State");
        if (!state_needs_attention(state)) {
            continue;
        }
        if (!any && context->legend) {
            table_add_heading(table, 0, COLOR_NONE, "");
            table_add_heading(table, 0, COLOR_BOLD, "Needs attention");
        }
        any = TRUE;
        table_add_row(table, 2);
        table_add_cell(table, COLOR_NONE, json_get_string(item, "Key"));
        table_add_cell(table, state_to_color(state), state);
        table_add_cell(table, COLOR_NONE, json_get_string(item, "Detail"));
    }
    table_print(table, &context->terminal, FALSE);
}

JsonNode *attention_to_json(JsonArray *items)
{
    static const char *const members[] = {"Key", "Label", "State", "Detail"};

    g_autoptr(JsonArray) attention = json_array_new();
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        if (!state_needs_attention(json_get_string(item, "State"))) {
            continue;
        }
        JsonObject *row = json_object_new();
        for (gsize m = 0; m < G_N_ELEMENTS(members); m++) {
            json_copy_member(row, item, members[m]);
        }
        json_array_add_object_element(attention, row);
    }
    return json_node_init_array(json_node_alloc(), attention);
}
