/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/explain.h"

#include "ctl/item-text.h"
#include "ctl/manager-client.h"

#include <string.h>

static gboolean has_name(JsonArray *names, const char *name)
{
    for (guint i = 0; names && i < json_array_get_length(names); i++) {
        if (strcmp(json_string_at(names, i), name) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static void add_lock(Table *table, JsonObject *setting)
{
    const char *name = json_get_string(setting, "Name");
    if (!json_get_boolean(setting, "Available")) {
        explain_add_line(table, COLOR_NONE,
                         "The device does not have the function this setting belongs to.");
    } else if (json_get_boolean(setting, "Locked")) {
        g_autofree char *value = item_value_to_text(name, json_object_get_member(setting, "Value"));
        explain_add_line(table, COLOR_NONE,
                         "Locked: %s has to be in force, and nobody may change it.", value);
    } else {
        explain_add_line(table, COLOR_NONE,
                         "Not locked: no item in force asks for it, users may choose.");
    }
    const char *state = json_get_string(setting, "State");
    explain_add_line(table, state_to_color(state), "State: %s", state);
}

/* Items that lock it when they are in force, and those that do now. */
static void add_items(Table *table, JsonObject *setting, JsonArray *items)
{
    const char *name = json_get_string(setting, "Name");
    JsonArray *required_by = json_get_array(setting, "RequiredBy");
    for (guint i = 0; i < json_array_get_length(items); i++) {
        JsonObject *item = json_object_at(items, i);
        const char *key = json_get_string(item, "Key");
        if (has_name(json_get_array(item, "Settings"), name)) {
            explain_add_line(table, COLOR_NONE, "%s: %s", key,
                             has_name(required_by, key) ? "locks it now"
                                                        : json_get_string(item, "State"));
        }
    }
}

ExitCode explain_setting(const Context *context, const Facts *facts, JsonObject *setting)
{
    if (context->json != JSON_FORMAT_OFF) {
        g_autoptr(JsonObject) result = json_object_new();
        json_object_set_object_member(result, "Setting", json_object_ref(setting));
        json_print_object(result, context->json);
        return EXIT_CODE_OK;
    }
    title_print(&context->terminal, json_get_string(setting, "Name"),
                json_get_string(setting, "Label"), json_get_string(setting, "State"),
                json_get_boolean(setting, "Locked"));
    g_autoptr(Table) table = explain_table_new();
    explain_add_heading(table, "On this device");
    add_lock(table, setting);
    explain_add_heading(table, "Items that lock it");
    add_items(table, setting, facts->items);
    explain_add_heading(table, "Who answers for it");
    explain_add_reports(table, setting);
    table_print(table, &context->terminal, FALSE);
    return EXIT_CODE_OK;
}
