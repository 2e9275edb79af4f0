/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl history: the policies that were imported and are kept on the device. */
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/policy-text.h"
#include "ctl/verb.h"

#include <stdio.h>

static gboolean is_in_force(JsonObject *generation, JsonObject *manager)
{
    return json_get_integer(generation, "Generation") == json_get_integer(manager, "Generation");
}

static const char *state_of(JsonObject *generation, JsonObject *manager)
{
    gboolean confirmed = json_get_boolean(generation, "Confirmed");
    if (is_in_force(generation, manager)) {
        return confirmed ? "in force" : "to be confirmed";
    }
    return confirmed ? "confirmed" : "not confirmed";
}

static void add_number(Table *table, JsonObject *generation, const char *member)
{
    g_autofree char *text =
        g_strdup_printf("%" G_GINT64_FORMAT, json_get_integer(generation, member));
    table_add_cell(table, COLOR_NONE, text);
}

static void add_generation(const Context *context, Table *table, JsonObject *generation,
                           JsonObject *manager)
{
    g_autofree char *digest =
        g_strndup(json_get_string(generation, "Digest"), POLICY_TEXT_DIGEST_DIGITS);
    g_autofree char *moment = moment_to_short_text(json_get_integer(generation, "ImportedUSec"));
    g_autofree char *importer = policy_importer_to_text(generation, context->host);
    const char *signer = json_get_string(generation, "Signer");
    gboolean waits = !json_get_boolean(generation, "Confirmed");
    Color color = is_in_force(generation, manager) ? COLOR_GREEN : COLOR_NONE;

    table_add_row(table, 0);
    add_number(table, generation, "Generation");
    add_number(table, generation, "Serial");
    table_add_cell(table, COLOR_NONE, digest);
    table_add_cell(table, waits ? COLOR_YELLOW : color, state_of(generation, manager));
    table_add_cell(table, COLOR_NONE, moment);
    table_add_cell(table, COLOR_NONE, importer);
    table_add_cell(table, COLOR_NONE, *signer ? signer : "-");
    table_add_cell(table, COLOR_NONE, json_get_string(generation, "Name"));
}

static void print_text(const Context *context, JsonArray *generations, JsonObject *manager)
{
    static const char *const columns[] = {"GEN", "SERIAL", "DIGEST", "STATE", "IMPORTED",
                                          "BY",  "SIGNER", "NAME",   NULL};

    g_autoptr(Table) table = table_new(columns, TABLE_CUT);
    table_align_right(table, 0);
    table_align_right(table, 1);
    table_keep_whole(table, 4);
    guint count = json_array_get_length(generations);
    for (guint i = 0; i < count; i++) {
        add_generation(context, table, json_object_at(generations, i), manager);
    }
    if (count > 0) {
        table_print(table, &context->terminal, context->legend);
    } else if (context->legend) {
        puts("No imported policy is kept.");
    }
}

static void print_json(const Context *context, JsonArray *generations, JsonObject *manager)
{
    for (guint i = 0; i < json_array_get_length(generations); i++) {
        JsonObject *generation = json_object_at(generations, i);
        json_object_set_boolean_member(generation, "InForce", is_in_force(generation, manager));
    }
    json_print_array(generations, context->json);
}

ExitCode verb_history(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) generations = client ? manager_client_generations(client, &error) : NULL;
    g_autoptr(JsonObject) manager = generations ? manager_client_properties(client, &error) : NULL;
    if (!manager) {
        return verb_failed(error);
    }
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, generations, manager);
    } else {
        print_text(context, generations, manager);
    }
    return EXIT_CODE_OK;
}
