/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/manager-call.h"

#include "daemon/policy/catalog.h"

#include <string.h>

static gboolean check_kind(gboolean fits, GError **error)
{
    if (!fits) {
        g_set_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_MESSAGE,
                    "the answer from the bus is not of the expected type; do the versions of "
                    "secpold and secpolctl agree?");
    }
    return fits;
}

static gboolean holds_objects(JsonNode *node)
{
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
    for (guint i = 0; array && i < json_array_get_length(array); i++) {
        if (!json_object_at(array, i)) {
            return FALSE;
        }
    }
    return array != NULL;
}

static JsonObject *read_object(Message *reply, GError **error)
{
    g_autoptr(JsonNode) node = json_from_message(reply, error);
    return node && check_kind(JSON_NODE_HOLDS_OBJECT(node), error) ? json_node_dup_object(node)
                                                                   : NULL;
}

/* An array of structs as an array of objects. */
static JsonArray *read_structs(Message *reply, const char *const *names, gsize n_names,
                               GError **error)
{
    g_autoptr(JsonNode) node = json_from_message(reply, error);
    if (!node || !check_kind(JSON_NODE_HOLDS_ARRAY(node), error)) {
        return NULL;
    }
    g_autoptr(JsonNode) named = json_name_fields(g_steal_pointer(&node), names, n_names);
    return check_kind(holds_objects(named), error) ? json_node_dup_array(named) : NULL;
}

JsonObject *manager_client_properties(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply =
        manager_call(client, "org.freedesktop.DBus.Properties", "GetAll", MANAGER_INTERFACE, error);
    return reply ? read_object(reply, error) : NULL;
}

static JsonObject *managed_objects(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply = manager_call(client, "org.freedesktop.DBus.ObjectManager",
                                            "GetManagedObjects", NULL, error);
    return reply ? read_object(reply, error) : NULL;
}

/* The properties of one object in the answer of GetManagedObjects(), borrowed, or NULL. */
static JsonObject *object_properties(JsonObject *objects, const char *path, const char *interface)
{
    JsonObject *interfaces = json_get_object(objects, path);
    return interfaces ? json_get_object(interfaces, interface) : NULL;
}

static void name_member(JsonObject *object, const char *member, const char *const *names,
                        gsize n_names)
{
    JsonNode *node = json_object_get_member(object, member);
    if (node && JSON_NODE_HOLDS_ARRAY(node)) {
        json_object_set_member(object, member,
                               json_name_fields(json_node_copy(node), names, n_names));
    }
}

JsonArray *manager_client_items_of(JsonArray *list, JsonObject *objects)
{
    static const char *const port_names[] = {"Protocol", "First", "Last"};

    JsonArray *items = json_array_new();
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *row = json_object_at(list, i);
        g_autofree char *path = g_strconcat(MANAGER_ITEM_PREFIX, json_get_string(row, "Key"), NULL);
        JsonObject *item = object_properties(objects, path, MANAGER_ITEM_INTERFACE);
        if (item) {
            name_member(item, "Ports", port_names, G_N_ELEMENTS(port_names));
            json_array_add_object_element(items, json_object_ref(item));
        }
    }
    return items;
}

JsonArray *manager_client_items(ManagerClient *client, GError **error)
{
    static const char *const list_names[] = {"Key", "Label", "Category", "Value", "State"};

    g_autoptr(Message) reply = manager_call(client, MANAGER_INTERFACE, "ListItems", NULL, error);
    g_autoptr(JsonArray) list =
        reply ? read_structs(reply, list_names, G_N_ELEMENTS(list_names), error) : NULL;
    g_autoptr(JsonObject) objects = list ? managed_objects(client, error) : NULL;
    return objects ? manager_client_items_of(list, objects) : NULL;
}

/* The catalog's order; what a newer secpold knows beyond it comes last, by name. */
static int compare_settings(gconstpointer a, gconstpointer b)
{
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;
    const CatalogSetting *left_setting = catalog_find_setting(left);
    const CatalogSetting *right_setting = catalog_find_setting(right);
    if (left_setting && right_setting) {
        return left_setting < right_setting ? -1 : left_setting > right_setting;
    }
    if (!left_setting && !right_setting) {
        return strcmp(left, right);
    }
    return left_setting ? -1 : 1;
}

static GPtrArray *sorted_setting_names(JsonObject *objects)
{
    g_autoptr(GList) paths = json_object_get_members(objects);
    GPtrArray *names = g_ptr_array_new();
    for (GList *path = paths; path; path = path->next) {
        if (object_properties(objects, path->data, MANAGER_SETTING_INTERFACE) &&
            g_str_has_prefix(path->data, MANAGER_SETTING_PREFIX)) {
            g_ptr_array_add(names, (char *)path->data + strlen(MANAGER_SETTING_PREFIX));
        }
    }
    g_ptr_array_sort(names, compare_settings);
    return names;
}

JsonArray *manager_client_settings_of(JsonObject *objects)
{
    static const char *const report_names[] = {"Agent", "Unit", "Value", "Reason"};

    g_autoptr(GPtrArray) names = sorted_setting_names(objects);
    JsonArray *settings = json_array_new();
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path =
            g_strconcat(MANAGER_SETTING_PREFIX, g_ptr_array_index(names, i), NULL);
        JsonObject *setting = object_properties(objects, path, MANAGER_SETTING_INTERFACE);
        name_member(setting, "Reports", report_names, G_N_ELEMENTS(report_names));
        json_array_add_object_element(settings, json_object_ref(setting));
    }
    return settings;
}

JsonArray *manager_client_generations(ManagerClient *client, GError **error)
{
    static const char *const names[] = {"Generation", "Facts"};

    g_autoptr(Message) reply =
        manager_call(client, MANAGER_INTERFACE, "ListGenerations", NULL, error);
    g_autoptr(JsonArray) rows =
        reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
    if (!rows) {
        return NULL;
    }
    JsonArray *generations = json_array_new();
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonObject *row = json_object_at(rows, i);
        JsonObject *facts = json_get_object(row, "Facts");
        JsonObject *generation = facts ? json_object_ref(facts) : json_object_new();
        json_copy_member(generation, row, "Generation");
        json_array_add_object_element(generations, generation);
    }
    return generations;
}

JsonArray *manager_client_settings(ManagerClient *client, GError **error)
{
    g_autoptr(JsonObject) objects = managed_objects(client, error);
    return objects ? manager_client_settings_of(objects) : NULL;
}

JsonArray *manager_client_blocked(ManagerClient *client, GError **error)
{
    static const char *const names[] = {
        "USec",       "Item",        "Protocol",        "Source",
        "SourcePort", "Destination", "DestinationPort", "Interface"};

    g_autoptr(Message) call = manager_call_new(client, MANAGER_INTERFACE, "ListBlocked", error);
    /* All that are kept. */
    if (!call || !manager_call_check(client, sd_bus_message_append(call, "u", 0), error)) {
        return NULL;
    }
    g_autoptr(Message) reply = manager_call_send(client, call, 0, error);
    return reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
}

gboolean manager_client_verify(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply = manager_call(client, MANAGER_INTERFACE, "Verify", NULL, error);
    return reply != NULL;
}

JsonArray *manager_client_validate(ManagerClient *client, GBytes *document, GError **error)
{
    static const char *const names[] = {"Line", "Severity", "Key", "Message"};

    g_autoptr(Message) reply = manager_call_with_document(client, "Validate", document, error);
    return reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
}

JsonArray *manager_client_diff(ManagerClient *client, GBytes *document, GError **error)
{
    static const char *const names[] = {"Item", "From", "To", "Consequences"};

    g_autoptr(Message) reply = manager_call_with_document(client, "Diff", document, error);
    return reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
}

static JsonObject *find(JsonArray *objects, const char *member, const char *name,
                        int (*compare)(const char *a, const char *b))
{
    for (guint i = 0; i < json_array_get_length(objects); i++) {
        JsonObject *object = json_object_at(objects, i);
        if (object && compare(json_get_string(object, member), name) == 0) {
            return object;
        }
    }
    return NULL;
}

JsonObject *manager_client_find(JsonArray *objects, const char *member, const char *name)
{
    return find(objects, member, name, strcmp);
}

JsonObject *manager_client_find_nocase(JsonArray *objects, const char *member, const char *name)
{
    return find(objects, member, name, g_ascii_strcasecmp);
}
