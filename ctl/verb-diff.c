/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl diff FILE: what would change if a document were in force. secpold tells what it knows;
 * what only the caller's place on this machine shows is added here. */
#include "ctl/closing-ports.h"
#include "ctl/cut-path.h"
#include "ctl/diff-listeners.h"
#include "ctl/document.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

#define INDENT 4

/* What secpold says about the document, which on another machine may be another version's word. */
static Diagnostics *validate(ManagerClient *client, GBytes *document, GError **error)
{
    g_autoptr(JsonArray) found = manager_client_validate(client, document, error);
    if (!found) {
        return NULL;
    }
    Diagnostics *diagnostics = diagnostics_new();
    for (guint i = 0; i < json_array_get_length(found); i++) {
        JsonObject *row = json_object_at(found, i);
        if (row) {
            gboolean warning = strcmp(json_get_string(row, "Severity"), "warning") == 0;
            diagnostics_add(diagnostics, NULL, (guint)json_get_integer(row, "Line"),
                            warning ? DIAGNOSTIC_WARNING : DIAGNOSTIC_ERROR,
                            json_get_string(row, "Key"), "%s", json_get_string(row, "Message"));
        }
    }
    return diagnostics;
}

static void add_line(Table *table, guint indent, Color color, const char *text)
{
    table_add_row(table, indent);
    table_add_cell(table, color, text);
}

/* A program listens on IPv4 and IPv6 alike; saying it once is enough. Of those whose processes the
 * caller may not see, secpold's own sentence names the unit. */
static void add_listeners(Table *table, JsonArray *listeners)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; listeners && i < json_array_get_length(listeners); i++) {
        char *line = diff_listener_to_text(json_object_at(listeners, i));
        if (line && !g_hash_table_contains(said, line)) {
            add_line(table, INDENT, COLOR_YELLOW, line);
        }
        if (line) {
            g_hash_table_add(said, line);
        }
    }
}

static void add_change(Table *table, JsonObject *change, JsonArray *items)
{
    const char *key = json_get_string(change, "Item");
    JsonObject *item = manager_client_find(items, "Key", key);
    g_autofree char *from = item_value_to_text(key, json_object_get_member(change, "From"));
    g_autofree char *to = item_value_to_text(key, json_object_get_member(change, "To"));
    g_autofree char *line = g_strdup_printf("%s: %s -> %s", key, from, to);
    add_line(table, 0, COLOR_BOLD, line);
    if (item) {
        add_line(table, INDENT, COLOR_NONE, json_get_string(item, "Label"));
    }
    if (change_switches_on(change, items)) {
        add_line(table, INDENT, COLOR_NONE, json_get_string(item, "Consequence"));
    }
    JsonArray *consequences = json_get_array(change, "Consequences");
    for (guint i = 0; consequences && i < json_array_get_length(consequences); i++) {
        add_line(table, INDENT, COLOR_NONE, json_string_at(consequences, i));
    }
    add_listeners(table, json_get_array(change, "Listeners"));
}

static void print_text(const Context *context, JsonArray *changes, JsonArray *items,
                       JsonArray *warnings)
{
    static const char *const columns[] = {"", NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_WRAP);
    guint n_changes = json_array_get_length(changes);
    for (guint i = 0; i < n_changes; i++) {
        add_change(table, json_object_at(changes, i), items);
    }
    for (guint i = 0; i < json_array_get_length(warnings); i++) {
        g_autofree char *line = g_strconcat("Warning: ", json_string_at(warnings, i), NULL);
        add_line(table, 0, COLOR_RED, line);
    }
    table_print(table, &context->terminal, FALSE);
    if (context->legend && n_changes == 0) {
        puts("Nothing would change.");
    } else if (context->legend) {
        printf("\n%u %s would change\n", n_changes, n_changes == 1 ? "item" : "items");
    }
}

static void print_json(const Context *context, JsonArray *changes, JsonArray *warnings,
                       const Diagnostics *diagnostics)
{
    g_autoptr(JsonObject) result = json_object_new();
    json_object_set_array_member(result, "Changes", json_array_ref(changes));
    json_object_set_array_member(result, "Warnings", json_array_ref(warnings));
    json_object_set_member(result, "Diagnostics", document_diagnostics_to_json(diagnostics));
    json_print_object(result, context->json);
}

static ExitCode refuse(const Context *context, const char *path, const Diagnostics *diagnostics)
{
    if (context->json != JSON_FORMAT_OFF) {
        g_autoptr(JsonArray) none = json_array_new();
        print_json(context, none, none, diagnostics);
    } else {
        document_print_diagnostics(path, diagnostics);
    }
    complain("%s is not valid and would be refused", document_name(path));
    return EXIT_CODE_FAILED;
}

static ExitCode compare(const Context *context, ManagerClient *client, GBytes *document,
                        const Diagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonArray) changes = manager_client_diff(client, document, &error);
    g_autoptr(JsonArray) items = changes ? manager_client_items(client, &error) : NULL;
    if (!items) {
        return verb_failed(error);
    }
    g_autoptr(JsonArray) warnings = json_array_new();
    if (!context->host) {
        if (!diff_add_listeners(changes, items, &error)) {
            complain("cannot tell who listens on the ports about to close: %s", error->message);
        }
        g_autoptr(Paths) paths = paths_survey();
        cut_path_add_warnings(paths, changes, items, warnings);
    }
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, changes, warnings, diagnostics);
    } else {
        print_text(context, changes, items, warnings);
    }
    return EXIT_CODE_OK;
}

ExitCode verb_diff(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) document = document_read(argument, &error);
    g_autoptr(ManagerClient) client = document ? manager_client_open(context->host, &error) : NULL;
    g_autoptr(Diagnostics) diagnostics = client ? validate(client, document, &error) : NULL;
    if (!diagnostics) {
        return verb_failed(error);
    }
    if (diagnostics->n_errors > 0) {
        return refuse(context, argument, diagnostics);
    }
    if (context->json == JSON_FORMAT_OFF) {
        document_print_diagnostics(argument, diagnostics);
    }
    return compare(context, client, document, diagnostics);
}
