/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/manager-client.h"

#include "daemon/policy/catalog.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_QUARK(secpolctl - manager - client - error, manager_client_error)

/* Verify() reads back every mechanism and may wait for a busy kernel. */
#define CALL_TIMEOUT_USEC (60 * G_USEC_PER_SEC)

struct ManagerClient {
    sd_bus *bus;
    char *host;
};

typedef sd_bus_message Message;

static void message_unref(Message *message)
{
    sd_bus_message_unref(message);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Message, message_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sd_bus_error, sd_bus_error_free)

static void set_unreachable(GError **error, const char *host, const char *reason)
{
    if (host) {
        g_set_error(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_UNREACHABLE,
                    "secpold is not reachable on the system bus of %s (%s); does \"ssh %s\" work, "
                    "and is secpold.service running there?",
                    host, reason, host);
    } else {
        g_set_error(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_UNREACHABLE,
                    "secpold is not reachable on the system bus (%s); is secpold.service running?",
                    reason);
    }
}

static gboolean is_unreachable(const sd_bus_error *error)
{
    static const char *const names[] = {
        SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NO_REPLY,
        SD_BUS_ERROR_TIMEOUT,           SD_BUS_ERROR_DISCONNECTED,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (sd_bus_error_has_name(error, names[i])) {
            return TRUE;
        }
    }
    /* How sd-bus names what went wrong on this side of the connection. */
    return g_str_has_prefix(error->name, "System.Error.");
}

void manager_client_set_error(GError **error, const char *host, const sd_bus_error *bus_error,
                              int result)
{
    if (!sd_bus_error_is_set(bus_error)) {
        set_unreachable(error, host, g_strerror(abs(result)));
        return;
    }
    const char *message = bus_error->message ? bus_error->message : bus_error->name;
    if (sd_bus_error_has_name(bus_error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ||
        sd_bus_error_has_name(bus_error, SD_BUS_ERROR_SERVICE_UNKNOWN)) {
        set_unreachable(error, host, "nobody owns " MANAGER_BUS_NAME);
    } else if (is_unreachable(bus_error)) {
        set_unreachable(error, host, message);
    } else {
        g_set_error(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_REFUSED, "%s", message);
    }
}

ManagerClient *manager_client_open(const char *host, GError **error)
{
    sd_bus *bus = NULL;
    int result = host ? sd_bus_open_system_remote(&bus, host) : sd_bus_open_system(&bus);
    if (result < 0) {
        set_unreachable(error, host, g_strerror(-result));
        return NULL;
    }
    (void)sd_bus_set_method_call_timeout(bus, CALL_TIMEOUT_USEC);
    ManagerClient *client = g_new0(ManagerClient, 1);
    client->bus = bus;
    client->host = g_strdup(host);
    return client;
}

void manager_client_free(ManagerClient *client)
{
    if (!client) {
        return;
    }
    sd_bus_flush_close_unref(client->bus);
    g_free(client->host);
    g_free(client);
}

sd_bus *manager_client_bus(ManagerClient *client)
{
    return client->bus;
}

static Message *new_call(ManagerClient *client, const char *interface, const char *member,
                         GError **error)
{
    Message *call = NULL;
    int result = sd_bus_message_new_method_call(client->bus, &call, MANAGER_BUS_NAME, MANAGER_PATH,
                                                interface, member);
    if (result >= 0) {
        result = sd_bus_message_set_auto_start(call, FALSE);
    }
    if (result < 0) {
        sd_bus_message_unref(call);
        set_unreachable(error, client->host, g_strerror(-result));
        return NULL;
    }
    return call;
}

static Message *send_call(ManagerClient *client, Message *call, GError **error)
{
    Message *reply = NULL;
    g_auto(sd_bus_error) bus_error = SD_BUS_ERROR_NULL;
    int result = sd_bus_call(client->bus, call, 0, &bus_error, &reply);
    if (result < 0) {
        manager_client_set_error(error, client->host, &bus_error, result);
        return NULL;
    }
    return reply;
}

/* Calls a method without arguments, or with one string where @argument is not NULL. */
static Message *call_simple(ManagerClient *client, const char *interface, const char *member,
                            const char *argument, GError **error)
{
    g_autoptr(Message) call = new_call(client, interface, member, error);
    if (!call) {
        return NULL;
    }
    int result = argument ? sd_bus_message_append(call, "s", argument) : 0;
    if (result < 0) {
        set_unreachable(error, client->host, g_strerror(-result));
        return NULL;
    }
    return send_call(client, call, error);
}

static Message *call_with_document(ManagerClient *client, const char *member, GBytes *document,
                                   GError **error)
{
    g_autoptr(Message) call = new_call(client, MANAGER_INTERFACE, member, error);
    if (!call) {
        return NULL;
    }
    gsize size;
    const void *data = g_bytes_get_data(document, &size);
    int result = sd_bus_message_append_array(call, SD_BUS_TYPE_BYTE, data, size);
    if (result < 0) {
        set_unreachable(error, client->host, g_strerror(-result));
        return NULL;
    }
    return send_call(client, call, error);
}

static gboolean check_kind(JsonNode *node, JsonNodeType type, GError **error)
{
    if (json_node_get_node_type(node) == type) {
        return TRUE;
    }
    g_set_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_MESSAGE,
                "the answer from the bus is not of the expected type; do the versions of secpold "
                "and secpolctl agree?");
    return FALSE;
}

static JsonObject *read_object(Message *reply, GError **error)
{
    g_autoptr(JsonNode) node = json_from_message(reply, error);
    return node && check_kind(node, JSON_NODE_OBJECT, error) ? json_node_dup_object(node) : NULL;
}

/* An array of structs as an array of objects. */
static JsonArray *read_structs(Message *reply, const char *const *names, gsize n_names,
                               GError **error)
{
    g_autoptr(JsonNode) node = json_from_message(reply, error);
    if (!node || !check_kind(node, JSON_NODE_ARRAY, error)) {
        return NULL;
    }
    g_autoptr(JsonNode) named = json_name_fields(g_steal_pointer(&node), names, n_names);
    return json_node_dup_array(named);
}

JsonObject *manager_client_properties(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply =
        call_simple(client, "org.freedesktop.DBus.Properties", "GetAll", MANAGER_INTERFACE, error);
    return reply ? read_object(reply, error) : NULL;
}

static JsonObject *managed_objects(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply =
        call_simple(client, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, error);
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

JsonArray *manager_client_items(ManagerClient *client, GError **error)
{
    static const char *const list_names[] = {"Key", "Label", "Category", "Value", "State"};
    static const char *const port_names[] = {"Protocol", "First", "Last"};

    g_autoptr(Message) reply = call_simple(client, MANAGER_INTERFACE, "ListItems", NULL, error);
    g_autoptr(JsonArray) list =
        reply ? read_structs(reply, list_names, G_N_ELEMENTS(list_names), error) : NULL;
    g_autoptr(JsonObject) objects = list ? managed_objects(client, error) : NULL;
    if (!objects) {
        return NULL;
    }
    JsonArray *items = json_array_new();
    for (guint i = 0; i < json_array_get_length(list); i++) {
        JsonObject *row = json_object_at(list, i);
        g_autofree char *path =
            g_strconcat(MANAGER_ITEM_PREFIX, row ? json_get_string(row, "Key") : "", NULL);
        JsonObject *item = object_properties(objects, path, MANAGER_ITEM_INTERFACE);
        if (item) {
            name_member(item, "Ports", port_names, G_N_ELEMENTS(port_names));
            json_array_add_object_element(items, json_object_ref(item));
        }
    }
    return items;
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

JsonArray *manager_client_settings(ManagerClient *client, GError **error)
{
    static const char *const report_names[] = {"Agent", "Unit", "Value", "Reason"};

    g_autoptr(JsonObject) objects = managed_objects(client, error);
    if (!objects) {
        return NULL;
    }
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

gboolean manager_client_verify(ManagerClient *client, GError **error)
{
    g_autoptr(Message) reply = call_simple(client, MANAGER_INTERFACE, "Verify", NULL, error);
    return reply != NULL;
}

JsonArray *manager_client_validate(ManagerClient *client, GBytes *document, GError **error)
{
    static const char *const names[] = {"Line", "Severity", "Key", "Message"};

    g_autoptr(Message) reply = call_with_document(client, "Validate", document, error);
    return reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
}

JsonArray *manager_client_diff(ManagerClient *client, GBytes *document, GError **error)
{
    static const char *const names[] = {"Item", "From", "To", "Consequences"};

    g_autoptr(Message) reply = call_with_document(client, "Diff", document, error);
    return reply ? read_structs(reply, names, G_N_ELEMENTS(names), error) : NULL;
}

JsonObject *manager_client_find(JsonArray *objects, const char *member, const char *name)
{
    for (guint i = 0; i < json_array_get_length(objects); i++) {
        JsonObject *object = json_object_at(objects, i);
        if (object && strcmp(json_get_string(object, member), name) == 0) {
            return object;
        }
    }
    return NULL;
}
