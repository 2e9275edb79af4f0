/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl diff: what would change if a document were in force. secpold tells what it knows;
 * what only the caller's place on this machine shows is added here. */
#include "ctl/change-preview.h"
#include "ctl/closing-ports.h"
#include "ctl/document.h"
#include "ctl/item-text.h"
#include "ctl/listeners.h"
#include "ctl/manager-life.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

#define INDENT 4

static void add_line(Table *table, guint indent, Color color, const char *text)
{
    table_add_row(table, indent);
    table_add_cell(table, color, text);
}

/* Takes over @listeners. */
static JsonArray *without_loopback(JsonArray *listeners)
{
    for (guint i = json_array_get_length(listeners); i > 0; i--) {
        if (json_get_boolean(json_object_at(listeners, i - 1), "Loopback")) {
            json_array_remove_element(listeners, i - 1);
        }
    }
    return listeners;
}

/* Adds to each of the changes the member Listeners, as of listeners_on(), without those that stay
 * untouched. FALSE, leaving @changes, where the kernel does not tell. */
static gboolean find_listeners(JsonArray *changes, JsonArray *items, GError **error)
{
    ClosingPorts all = {};
    guint n_changes = json_array_get_length(changes);
    for (guint i = 0; i < n_changes; i++) {
        ClosingPorts ports;
        closing_ports_of_change(json_object_at(changes, i), items, &ports);
        closing_ports_add(&all, &ports);
    }
    g_autoptr(Listeners) listeners = listeners_survey(&all, error);
    for (guint i = 0; listeners && i < n_changes; i++) {
        JsonObject *change = json_object_at(changes, i);
        ClosingPorts ports;
        closing_ports_of_change(change, items, &ports);
        json_object_set_array_member(change, "Listeners",
                                     without_loopback(listeners_on(listeners, &ports)));
    }
    return listeners != NULL;
}

/* A program listens on IPv4 and IPv6 alike; saying it once is enough. Of those whose processes the
 * caller may not see, secpold's own sentence names the unit. */
static void add_listeners(Table *table, JsonArray *listeners)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; listeners && i < json_array_get_length(listeners); i++) {
        char *line = listener_to_text(json_object_at(listeners, i));
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

static void print_text(const Context *context, const ChangePreview *preview)
{
    static const char *const columns[] = {"", NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_WRAP);
    guint n_changes = json_array_get_length(preview->changes);
    for (guint i = 0; i < n_changes; i++) {
        add_change(table, json_object_at(preview->changes, i), preview->items);
    }
    for (guint i = 0; i < json_array_get_length(preview->warnings); i++) {
        g_autofree char *line =
            g_strconcat("Warning: ", json_string_at(preview->warnings, i), NULL);
        add_line(table, 0, COLOR_RED, line);
    }
    table_print(table, &context->terminal, FALSE);
    if (context->legend && n_changes == 0) {
        puts("Nothing would change.");
    } else if (context->legend) {
        printf("\n%u %s would change\n", n_changes, n_changes == 1 ? "item" : "items");
    }
}

static void print_json(const Context *context, const ChangePreview *preview)
{
    g_autoptr(JsonObject) result = change_preview_to_json(preview);
    json_print_object(result, context->json);
}

static ExitCode print(const Context *context, const char *name, const ChangePreview *preview)
{
    gboolean valid = change_preview_is_valid(preview);
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, preview);
    } else {
        document_print_diagnostics(name, preview->diagnostics);
    }
    if (!valid) {
        complain("%s is not valid and would be refused", document_name(name));
    } else if (context->json == JSON_FORMAT_OFF) {
        print_text(context, preview);
    }
    return valid ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static ExitCode compare(const Context *context, ManagerClient *client, const char *name,
                        GBytes *document)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ChangePreview) preview = change_preview_make(client, context->host, document, &error);
    if (!preview) {
        return verb_failed(error);
    }
    if (!context->host && !find_listeners(preview->changes, preview->items, &error)) {
        complain("cannot tell who listens on the ports about to close: %s", error->message);
    }
    return print(context, name, preview);
}

static GBytes *read_generation(ManagerClient *client, guint64 generation, GError **error)
{
    GBytes *document = NULL;
    g_autoptr(GBytes) signature = NULL;
    return manager_life_export(client, generation, &document, &signature, error) ? document : NULL;
}

ExitCode verb_diff(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    guint64 generation;
    if (!verb_options_get_generation(context->options, &generation, &error)) {
        return verb_misused(error);
    }
    if ((generation == 0) == !argument) {
        complain("diff takes either FILE or --generation=; see secpolctl diff --help");
        return EXIT_CODE_USAGE;
    }
    g_autoptr(GBytes) document = argument ? document_read(argument, &error) : NULL;
    if (argument && !document) {
        return verb_failed(error);
    }
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (client && !document) {
        document = read_generation(client, generation, &error);
    }
    if (!client || !document) {
        return verb_failed(error);
    }
    g_autofree char *name = argument ? g_strdup(argument)
                                     : g_strdup_printf("generation %" G_GUINT64_FORMAT, generation);
    return compare(context, client, name, document);
}
