/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl show: the policy in force, or one that is kept, or one item of it. */
#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/manager-client.h"
#include "ctl/verb.h"

#include <stdio.h>

static void print_items(const Context *context, JsonArray *items, JsonObject *manager)
{
    item_list_print(context, items, TRUE);
    if (context->legend) {
        g_autofree char *counts = compliance_to_text(json_get_object(manager, "Compliance"));
        printf("\n%u items: %s\n", json_array_get_length(items), counts);
    }
}

ExitCode verb_show(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    guint64 generation;
    if (!verb_options_get_generation(context->options, &generation, &error)) {
        return verb_misused(error);
    }
    if (generation > 0) {
        return show_generation(context, generation, argument);
    }
    if (argument) {
        return show_item(context, argument);
    }
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    g_autoptr(JsonArray) items = client ? manager_client_items(client, &error) : NULL;
    g_autoptr(JsonObject) manager = items ? manager_client_properties(client, &error) : NULL;
    if (!manager) {
        return verb_failed(error);
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_array(items, context->json);
    } else {
        print_items(context, items, manager);
    }
    return EXIT_CODE_OK;
}
