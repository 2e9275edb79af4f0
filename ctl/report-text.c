/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/report.h"

#include "ctl/item-list.h"
#include "ctl/item-text.h"

#include <string.h>

#define PARAMETER_INDENT 2
#define DETAIL_INDENT    4

static Table *head_table(const Report *report)
{
    g_auto(ReportHead) head = {};
    report_head_fill(report, &head);
    Table *fields = fields_new();
    for (gsize i = 0; i < REPORT_HEAD_LINES; i++) {
        fields_add(fields, head.names[i], COLOR_NONE, head.values[i]);
    }
    return fields;
}

static char *evidence_in_short(JsonObject *item)
{
    const char *by = json_get_string(item, "VerifiedBy");
    gint64 usec = json_get_integer(item, "VerifiedUSec");
    g_autofree char *moment = moment_to_short_text(usec);
    return *by && usec > 0 ? g_strconcat(by, " ", moment, NULL) : g_strdup("");
}

static void add_item(Table *table, JsonObject *item)
{
    const char *key = json_get_string(item, "Key");
    const char *state = json_get_string(item, "State");
    const char *detail = json_get_string(item, "Detail");
    g_autofree char *value = item_value_to_text(key, json_object_get_member(item, "Value"));
    g_autofree char *evidence = evidence_in_short(item);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, key);
    table_add_cell(table, COLOR_NONE, value);
    table_add_cell(table, state_to_color(state), state);
    table_add_cell(table, COLOR_NONE, evidence);
    item_list_add_parameters(table, item, PARAMETER_INDENT);
    if (*detail) {
        table_add_heading(table, DETAIL_INDENT, COLOR_NONE, detail);
    }
}

static Table *items_table(JsonArray *items)
{
    static const char *const columns[] = {"ITEM", "VALUE", "STATE", "VERIFIED", NULL};
    Table *table = table_new(columns, TABLE_WRAP);
    for (guint i = 0; i < json_array_get_length(items); i++) {
        add_item(table, json_object_at(items, i));
    }
    return table;
}

static Table *settings_table(JsonArray *settings)
{
    static const char *const columns[] = {"SETTING", "LOCKED TO", "STATE", "AGENTS", NULL};
    Table *table = table_new(columns, TABLE_WRAP);
    for (guint i = 0; i < json_array_get_length(settings); i++) {
        JsonObject *setting = json_object_at(settings, i);
        const char *name = json_get_string(setting, "Name");
        const char *state = json_get_string(setting, "State");
        if (!json_get_boolean(setting, "Locked")) {
            continue;
        }
        g_autofree char *value = item_value_to_text(name, json_object_get_member(setting, "Value"));
        g_autofree char *answers = report_answers(setting);
        table_add_row(table, 0);
        table_add_cell(table, COLOR_NONE, name);
        table_add_cell(table, COLOR_NONE, value);
        table_add_cell(table, state_to_color(state), state);
        table_add_cell(table, COLOR_NONE, answers);
    }
    return table;
}

char *report_to_text(const Report *report, const Terminal *terminal, gboolean legend)
{
    g_autoptr(Table) head = head_table(report);
    g_autoptr(Table) items = items_table(report->items);
    g_autoptr(Table) settings = settings_table(report->settings);
    g_autofree char *head_text = table_to_string(head, terminal, FALSE);
    g_autofree char *items_text = table_to_string(items, terminal, legend);
    g_autofree char *settings_text = table_to_string(settings, terminal, legend);
    return g_strconcat(legend ? "Printer security policy: report\n\n" : "", head_text, "\n",
                       items_text, "\n", settings_text, NULL);
}
