/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl show --generation=N: what a policy that is kept on the device asks for. */
#include "ctl/document.h"
#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/manager-life.h"
#include "ctl/verb.h"

#include "daemon/policy/policy-document.h"

#include <stdio.h>

static JsonNode *variant_to_json(GVariant *floating)
{
    g_autoptr(GVariant) value = g_variant_ref_sink(floating);
    return json_gvariant_serialize(value);
}

/* As secpold would tell the item, as far as the document alone can know. */
static JsonObject *item_to_json(const Policy *policy, gsize index)
{
    const CatalogItem *row = &catalog_items[index];
    g_autofree char *label = catalog_item_display_label(row);
    JsonObject *item = json_object_new();
    json_object_set_string_member(item, "Key", row->key);
    json_object_set_string_member(item, "Label", label);
    json_object_set_string_member(item, "Category", category_to_string(row->category));
    json_object_set_string_member(item, "Group", row->group ? row->group : "");
    json_object_set_boolean_member(item, "Requested", policy->items[index].requested);
    json_object_set_member(item, "Value", variant_to_json(policy_item_value(policy, index)));
    json_object_set_member(item, "Parameters",
                           variant_to_json(policy_item_parameters(policy, index)));
    return item;
}

static JsonArray *policy_to_json(const Policy *policy)
{
    JsonArray *items = json_array_new();
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        json_array_add_object_element(items, item_to_json(policy, i));
    }
    return items;
}

static ExitCode print_item(const Context *context, JsonArray *items, const char *key)
{
    JsonObject *item = item_list_find(items, key);
    if (!item) {
        return EXIT_CODE_FAILED;
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_object(item, context->json);
        return EXIT_CODE_OK;
    }
    g_autoptr(JsonArray) alone = json_array_new();
    json_array_add_object_element(alone, json_object_ref(item));
    item_list_print(context, alone, FALSE);
    return EXIT_CODE_OK;
}

static ExitCode print(const Context *context, guint64 generation, const Policy *policy,
                      const char *key)
{
    g_autoptr(JsonArray) items = policy_to_json(policy);
    if (key) {
        return print_item(context, items, key);
    }
    if (context->json != JSON_FORMAT_OFF) {
        json_print_array(items, context->json);
        return EXIT_CODE_OK;
    }
    item_list_print(context, items, FALSE);
    if (context->legend) {
        g_autofree char *name = terminal_escape(policy->name);
        printf("\nGeneration %" G_GUINT64_FORMAT ": %s, serial %" G_GUINT64_FORMAT "\n", generation,
               name, policy->serial);
    }
    return EXIT_CODE_OK;
}

ExitCode show_generation(const Context *context, guint64 generation, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) document = NULL;
    g_autoptr(GBytes) signature = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (!client || !manager_life_export(client, generation, &document, &signature, &error)) {
        return verb_failed(error);
    }
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    if (!policy) {
        document_print_diagnostics("generation", diagnostics);
        complain("generation %" G_GUINT64_FORMAT " cannot be read here; do the versions of secpold "
                 "and secpolctl agree?",
                 generation);
        return EXIT_CODE_FAILED;
    }
    return print(context, generation, policy, key);
}
