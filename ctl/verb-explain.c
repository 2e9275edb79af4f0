/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl explain KEY: finds out what KEY names. */
#include "ctl/explain.h"
#include "ctl/key-search.h"
#include "ctl/manager-client.h"

#include "daemon/policy/catalog.h"

static void facts_clear(Facts *facts)
{
    g_clear_pointer(&facts->manager, json_object_unref);
    g_clear_pointer(&facts->items, json_array_unref);
    g_clear_pointer(&facts->settings, json_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Facts, facts_clear)

static gboolean facts_read(Facts *facts, const char *host, GError **error)
{
    g_autoptr(ManagerClient) client = manager_client_open(host, error);
    facts->manager = client ? manager_client_properties(client, error) : NULL;
    facts->items = facts->manager ? manager_client_items(client, error) : NULL;
    facts->settings = facts->items ? manager_client_settings(client, error) : NULL;
    return facts->settings != NULL;
}

static void complain_unknown(const Facts *facts, const char *key)
{
    g_auto(KeySearch) search = {};
    key_search_init(&search, key);
    key_search_offer(&search, facts->items, "Key");
    key_search_offer(&search, facts->settings, "Name");
    g_autofree char *hint =
        key_search_to_hint(&search, "; secpolctl show and secpolctl settings list them");
    complain("there is no item or setting %s%s", key, hint);
}

/* The item that a parameter belongs to. */
static JsonObject *find_owner(JsonArray *items, const char *parameter)
{
    const CatalogItem *owner;
    return catalog_find_parameter(parameter, &owner) ? manager_client_find(items, "Key", owner->key)
                                                     : NULL;
}

ExitCode verb_explain(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_auto(Facts) facts = {};
    if (!facts_read(&facts, context->host, &error)) {
        return verb_failed(error);
    }
    JsonObject *item = manager_client_find_nocase(facts.items, "Key", argument);
    JsonObject *setting = manager_client_find_nocase(facts.settings, "Name", argument);
    if (!item && setting) {
        return explain_setting(context, &facts, setting);
    }
    if (!item) {
        item = find_owner(facts.items, argument);
    }
    if (item) {
        return explain_item(context, &facts, item);
    }
    complain_unknown(&facts, argument);
    return EXIT_CODE_FAILED;
}
