/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/explain.h"

#include "ctl/item-text.h"

#define INDENT 2

Table *explain_table_new(void)
{
    static const char *const columns[] = {"", NULL};
    return table_new(columns, TABLE_WRAP);
}

void explain_add_heading(Table *table, const char *title)
{
    table_add_heading(table, 0, COLOR_NONE, "");
    table_add_heading(table, 0, COLOR_BOLD, title);
}

void explain_add_line(Table *table, Color color, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    table_add_row(table, INDENT);
    table_add_cell(table, color, line);
}

void explain_add_reports(Table *table, JsonObject *setting)
{
    const char *name = json_get_string(setting, "Name");
    JsonArray *reports = json_get_array(setting, "Reports");
    guint said = 0;
    for (guint i = 0; reports && i < json_array_get_length(reports); i++) {
        JsonObject *report = json_object_at(reports, i);
        if (!report) {
            continue;
        }
        said++;
        const char *unit = json_get_string(report, "Unit");
        const char *reason = json_get_string(report, "Reason");
        g_autofree char *value = item_value_to_text(name, json_object_get_member(report, "Value"));
        explain_add_line(table, COLOR_NONE, "  %s (%s) has %s in force%s%s",
                         *unit ? unit : "an agent without a unit", json_get_string(report, "Agent"),
                         value, *reason ? ": " : "", reason);
    }
    if (said == 0) {
        explain_add_line(table, COLOR_NONE, "  no agent on the bus has said what is in force");
    }
}
