/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl verify: have the machine read back now, and tell how it stands. */
#include "ctl/attention.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>

static void print_json(const Context *context, JsonObject *manager, JsonArray *items)
{
    g_autoptr(JsonObject) result = json_object_new();
    json_copy_member(result, manager, "State");
    json_copy_member(result, manager, "Compliance");
    json_object_set_member(result, "Attention", attention_to_json(items));
    json_print_object(result, context->json);
}

ExitCode verb_verify(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (!client || !manager_client_verify(client, &error)) {
        return verb_failed(error);
    }
    g_autoptr(JsonObject) manager = manager_client_properties(client, &error);
    g_autoptr(JsonArray) items = manager ? manager_client_items(client, &error) : NULL;
    if (!items) {
        return verb_failed(error);
    }
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, manager, items);
        return EXIT_CODE_OK;
    }
    g_autofree char *counts = compliance_to_text(json_get_object(manager, "Compliance"));
    g_autofree char *state = terminal_escape(json_get_string(manager, "State"));
    printf("Read back: %s; %s\n", state, counts);
    attention_print(context, items);
    return EXIT_CODE_OK;
}
