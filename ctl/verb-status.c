/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl status: how the device stands, on one screen. */
#include "ctl/attention.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/policy-text.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

/* Green only when every item asked for holds. */
static Color overall_color(JsonObject *manager)
{
    JsonObject *compliance = json_get_object(manager, "Compliance");
    const char *state = json_get_string(manager, "State");
    if (compliance_count(compliance, "violated") > 0) {
        return COLOR_RED;
    }
    if (compliance_count(compliance, "pending") > 0 && strcmp(state, "enforcing") == 0) {
        return COLOR_YELLOW;
    }
    return state_to_color(state);
}

static void add_policy(Table *fields, JsonObject *manager)
{
    if (*json_get_string(manager, "PolicyOrigin") == '\0') {
        fields_add(fields, "Policy", COLOR_NONE, "none; nothing is enforced");
        return;
    }
    g_autofree char *policy = g_strdup_printf(
        "%s (serial %" G_GINT64_FORMAT ", %s)", json_get_string(manager, "PolicyName"),
        json_get_integer(manager, "PolicySerial"), json_get_string(manager, "PolicyOrigin"));
    fields_add(fields, "Policy", COLOR_NONE, policy);
    const char *digest = json_get_string(manager, "PolicyDigest");
    if (*digest) {
        g_autofree char *start = g_strndup(digest, POLICY_TEXT_DIGEST_DIGITS);
        fields_add(fields, "Digest", COLOR_NONE, start);
    }
    const char *signer = json_get_string(manager, "PolicySigner");
    if (*signer) {
        fields_add(fields, "Signer", COLOR_NONE, signer);
    }
}

/* @generation: what history tells of the policy in force; NULL where it was not imported. */
static void add_import(const Context *context, Table *fields, JsonObject *manager,
                       JsonObject *generation)
{
    gint64 usec = json_get_integer(manager, "PolicyImportedUSec");
    if (usec > 0) {
        g_autofree char *moment = moment_to_text(usec);
        g_autofree char *who =
            generation ? policy_importer_to_text(generation, context->host) : NULL;
        g_autofree char *text = g_strconcat(moment, who ? " by " : NULL, who, NULL);
        fields_add(fields, "Imported", COLOR_NONE, text);
    }
    if (*json_get_string(manager, "PolicyOrigin")) {
        fields_add(fields, "Password", COLOR_NONE,
                   json_get_boolean(manager, "PasswordSet") ? "set" : "not set");
    }
    g_autofree char *deadline = policy_deadline_to_text(manager, context->host);
    if (deadline) {
        fields_add(fields, "Confirm", COLOR_YELLOW, deadline);
    }
}

static void print_manager(const Context *context, JsonObject *manager, JsonObject *generation)
{
    const Terminal *terminal = &context->terminal;
    const char *state = json_get_string(manager, "State");
    Color color = overall_color(manager);
    g_autofree char *version = terminal_escape(json_get_string(manager, "Version"));
    printf("%s%s%s secpold %s - printer security policy\n", terminal_color_begin(terminal, color),
           terminal_dot(terminal, strcmp(state, "no-policy") != 0),
           terminal_color_end(terminal, color), version);

    g_autoptr(Table) fields = fields_new();
    fields_add(fields, "    State", state_to_color(state), state);
    add_policy(fields, manager);
    add_import(context, fields, manager, generation);
    g_autofree char *counts = compliance_to_text(json_get_object(manager, "Compliance"));
    fields_add(fields, "Items", COLOR_NONE, counts);
    JsonArray *problems = json_get_array(manager, "Problems");
    for (guint i = 0; problems && i < json_array_get_length(problems); i++) {
        fields_add(fields, i == 0 ? "Problems" : "", COLOR_RED, json_string_at(problems, i));
    }
    table_print(fields, terminal, FALSE);
}

static JsonObject *find_in_force(JsonArray *generations, JsonObject *manager)
{
    gint64 number = json_get_integer(manager, "Generation");
    for (guint i = 0; number > 0 && i < json_array_get_length(generations); i++) {
        JsonObject *generation = json_object_at(generations, i);
        if (json_get_integer(generation, "Generation") == number) {
            return generation;
        }
    }
    return NULL;
}

static void add_importer(JsonObject *manager, JsonObject *generation)
{
    static const char *const members[] = {"Uid", "Unit"};
    g_autoptr(JsonObject) importer = json_object_new();
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_copy_member(importer, generation, members[i]);
    }
    json_object_set_object_member(manager, "ImportedBy", g_steal_pointer(&importer));
}

ExitCode verb_status(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonObject) manager = client ? manager_client_properties(client, &error) : NULL;
    g_autoptr(JsonArray) items = manager ? manager_client_items(client, &error) : NULL;
    g_autoptr(JsonArray) generations = items ? manager_client_generations(client, &error) : NULL;
    if (!generations) {
        return verb_failed(error);
    }
    JsonObject *generation = find_in_force(generations, manager);
    if (context->json != JSON_FORMAT_OFF) {
        if (generation) {
            add_importer(manager, generation);
        }
        json_object_set_member(manager, "Attention", attention_to_json(items));
        json_print_object(manager, context->json);
        return EXIT_CODE_OK;
    }
    print_manager(context, manager, generation);
    attention_print(context, items);
    return EXIT_CODE_OK;
}
