/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl settings: what the other daemons of the device have to keep, and what they say. */
#include "ctl/item-text.h"
#include "ctl/key-search.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>

static char *join_names(JsonArray *names)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; names && i < json_array_get_length(names); i++) {
        g_string_append_printf(text, "%s%s", text->len ? ", " : "", json_string_at(names, i));
    }
    return g_string_free(text, FALSE);
}

/* "yes by webui.service: not before the next start" */
static char *report_to_text(const char *setting, JsonObject *report)
{
    const char *unit = json_get_string(report, "Unit");
    const char *agent = json_get_string(report, "Agent");
    const char *reason = json_get_string(report, "Reason");
    g_autofree char *value = item_value_to_text(setting, json_object_get_member(report, "Value"));
    return g_strdup_printf("%s by %s%s%s", value, *unit ? unit : agent, *reason ? ": " : "",
                           reason);
}

/* The first report stands in the setting's own row, the others below it. */
static void add_reports(Table *table, const char *name, JsonArray *reports)
{
    for (guint i = 0; reports && i < json_array_get_length(reports); i++) {
        JsonObject *report = json_object_at(reports, i);
        if (!report) {
            continue;
        }
        g_autofree char *text = report_to_text(name, report);
        if (i > 0) {
            table_add_row(table, 0);
            for (guint column = 0; column < 5; column++) {
                table_add_cell(table, COLOR_NONE, "");
            }
        }
        table_add_cell(table, COLOR_NONE, text);
    }
}

static void add_setting(Table *table, JsonObject *setting)
{
    const char *name = json_get_string(setting, "Name");
    const char *state = json_get_string(setting, "State");
    gboolean locked = json_get_boolean(setting, "Locked");
    g_autofree char *value =
        item_value_to_text(name, locked ? json_object_get_member(setting, "Value") : NULL);
    g_autofree char *required_by = join_names(json_get_array(setting, "RequiredBy"));

    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, name);
    table_add_cell(table, COLOR_NONE, value);
    table_add_cell(table, COLOR_NONE, locked ? "yes" : "no");
    table_add_cell(table, state_to_color(state), state);
    table_add_cell(table, COLOR_NONE, required_by);
    add_reports(table, name, json_get_array(setting, "Reports"));
}

/* @alone: there is room for all that is said of the one setting asked about. */
static void print_settings(const Context *context, JsonArray *settings, gboolean alone)
{
    static const char *const columns[] = {"SETTING",     "VALUE",   "LOCKED", "STATE",
                                          "REQUIRED BY", "REPORTS", NULL};

    g_autoptr(Table) table = table_new(columns, alone ? TABLE_WRAP : TABLE_CUT);
    guint locked = 0;
    for (guint i = 0; i < json_array_get_length(settings); i++) {
        JsonObject *setting = json_object_at(settings, i);
        add_setting(table, setting);
        locked += json_get_boolean(setting, "Locked") ? 1 : 0;
    }
    table_print(table, &context->terminal, context->legend);
    if (context->legend && !alone) {
        guint count = json_array_get_length(settings);
        printf("\n%u %s, %u of them locked\n", count, count == 1 ? "setting" : "settings", locked);
    }
}

/* FALSE, after a complaint, where there is no setting of that name. */
static gboolean keep_only(JsonArray *settings, const char *name)
{
    JsonObject *wanted = manager_client_find_nocase(settings, "Name", name);
    if (!wanted) {
        g_auto(KeySearch) search = {};
        key_search_init(&search, name);
        key_search_offer(&search, settings, "Name");
        g_autofree char *hint =
            key_search_to_hint(&search, "; secpolctl settings lists all of them");
        complain("there is no setting %s%s", name, hint);
        return FALSE;
    }
    for (guint i = json_array_get_length(settings); i > 0; i--) {
        if (json_object_at(settings, i - 1) != wanted) {
            json_array_remove_element(settings, i - 1);
        }
    }
    return TRUE;
}

ExitCode verb_settings(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) settings = client ? manager_client_settings(client, &error) : NULL;
    if (!settings) {
        return verb_failed(error);
    }
    if (argument && !keep_only(settings, argument)) {
        return EXIT_CODE_FAILED;
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_array(settings, context->json);
    } else {
        print_settings(context, settings, argument != NULL);
    }
    return EXIT_CODE_OK;
}
