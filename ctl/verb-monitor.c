/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl monitor: changes as they happen. */
#include "ctl/manager-client.h"
#include "ctl/monitor-event.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

typedef struct Monitor {
    const Context *context;
    ManagerClient *client;
    GHashTable *states;         /* object path to last known state */
    gboolean reread;            /* secpold is on the bus anew: what is known may be outdated */
    gboolean ignore_properties; /* the messages at hand are older than the states */
} Monitor;

static void emit(const Monitor *monitor, JsonObject *event)
{
    monitor_event_print(monitor->context, event);
    json_object_unref(event);
}

/* Reports a state unless it is the known one. @detail may be NULL. */
static void note_state(Monitor *monitor, const char *path, const char *state, const char *detail)
{
    const char *known = g_hash_table_lookup(monitor->states, path);
    if (g_strcmp0(known, state) == 0) {
        return;
    }
    if (known) {
        gboolean item = g_str_has_prefix(path, MANAGER_ITEM_PREFIX);
        gboolean setting = g_str_has_prefix(path, MANAGER_SETTING_PREFIX);
        JsonObject *event = monitor_event_new(item ? "item" : setting ? "setting" : "state");
        if (item) {
            json_object_set_string_member(event, "Key", path + strlen(MANAGER_ITEM_PREFIX));
        } else if (setting) {
            json_object_set_string_member(event, "Name", path + strlen(MANAGER_SETTING_PREFIX));
        }
        json_object_set_string_member(event, "From", known);
        json_object_set_string_member(event, "To", state);
        if (item) {
            json_object_set_string_member(event, "Detail", detail ? detail : "");
        }
        emit(monitor, event);
    }
    g_hash_table_insert(monitor->states, g_strdup(path), g_strdup(state));
}

static void note_states(Monitor *monitor, JsonArray *objects, const char *member,
                        const char *prefix)
{
    for (guint i = 0; i < json_array_get_length(objects); i++) {
        JsonObject *object = json_object_at(objects, i);
        g_autofree char *path = g_strconcat(prefix, json_get_string(object, member), NULL);
        note_state(monitor, path, json_get_string(object, "State"),
                   json_get_string(object, "Detail"));
    }
}

/* Reads all states; those that differ from the known ones are reported. */
static gboolean read_states(Monitor *monitor, GError **error)
{
    g_autoptr(JsonObject) manager = manager_client_properties(monitor->client, error);
    g_autoptr(JsonArray) items = manager ? manager_client_items(monitor->client, error) : NULL;
    g_autoptr(JsonArray) settings = items ? manager_client_settings(monitor->client, error) : NULL;
    if (!settings) {
        return FALSE;
    }
    note_state(monitor, MANAGER_PATH, json_get_string(manager, "State"), NULL);
    note_states(monitor, items, "Key", MANAGER_ITEM_PREFIX);
    note_states(monitor, settings, "Name", MANAGER_SETTING_PREFIX);

    /* What arrived while the states were read is older than they are. */
    sd_bus *bus = manager_client_bus(monitor->client);
    guint64 waiting = 0;
    (void)sd_bus_get_n_queued_read(bus, &waiting);
    monitor->ignore_properties = TRUE;
    while (waiting-- > 0 && sd_bus_process(bus, NULL) > 0) {
    }
    monitor->ignore_properties = FALSE;
    return TRUE;
}

/* The message's arguments as members named in this order; one too few is left out. */
static JsonObject *read_arguments(sd_bus_message *message, const char *const *names)
{
    JsonObject *arguments = json_object_new();
    for (; *names; names++) {
        JsonNode *node = json_from_message(message, NULL);
        if (!node) {
            break;
        }
        json_object_set_member(arguments, *names, node);
    }
    return arguments;
}

static void on_properties(Monitor *monitor, sd_bus_message *message)
{
    static const char *const names[] = {"Interface", "Changed", NULL};

    g_autoptr(JsonObject) arguments = read_arguments(message, names);
    JsonObject *changed = json_get_object(arguments, "Changed");
    if (monitor->ignore_properties || !changed || !json_object_has_member(changed, "State")) {
        return;
    }
    note_state(monitor, sd_bus_message_get_path(message), json_get_string(changed, "State"),
               json_get_string(changed, "Detail"));
}

static const struct {
    const char *member;
    const char *event;
    const char *names[5];
} signals[] = {
    {"Violation", "violation", {"Item", "Effect", "Detail"}},
    {"Repaired", "repaired", {"Item", "Effect", "Detail", "USec"}},
    {"PolicyChanged", "policy-changed", {"Generation", "Digest"}},
};

static void on_manager_signal(Monitor *monitor, sd_bus_message *message)
{
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (!sd_bus_message_is_signal(message, MANAGER_INTERFACE, signals[i].member)) {
            continue;
        }
        g_autoptr(JsonObject) arguments = read_arguments(message, signals[i].names);
        JsonObject *event = monitor_event_new(signals[i].event);
        for (gsize name = 0; signals[i].names[name]; name++) {
            json_copy_member(event, arguments, signals[i].names[name]);
        }
        emit(monitor, event);
    }
}

static int on_signal(sd_bus_message *message, void *data, sd_bus_error *error)
{
    if (sd_bus_message_is_signal(message, "org.freedesktop.DBus.Properties", "PropertiesChanged")) {
        on_properties(data, message);
    } else {
        on_manager_signal(data, message);
    }
    return 0;
}

static int on_owner(sd_bus_message *message, void *data, sd_bus_error *error)
{
    Monitor *monitor = data;
    const char *name;
    const char *old_owner;
    const char *new_owner;
    if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) < 0) {
        return 0;
    }
    if (*old_owner) {
        emit(monitor, monitor_event_new("gone"));
    }
    if (*new_owner) {
        emit(monitor, monitor_event_new("back"));
        monitor->reread = TRUE;
    }
    return 0;
}

static gboolean subscribe(Monitor *monitor, GError **error)
{
    sd_bus *bus = manager_client_bus(monitor->client);
    int result = sd_bus_add_match(bus, NULL,
                                  "type='signal',sender='org.freedesktop.DBus',"
                                  "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                  "arg0='" MANAGER_BUS_NAME "'",
                                  on_owner, monitor);
    if (result >= 0) {
        result = sd_bus_add_match(bus, NULL,
                                  "type='signal',sender='" MANAGER_BUS_NAME "',"
                                  "path_namespace='" MANAGER_PATH "'",
                                  on_signal, monitor);
    }
    if (result < 0) {
        manager_client_set_error(error, monitor->context->host, NULL, result);
        return FALSE;
    }
    return TRUE;
}

/* Returns only with an error. */
static gboolean watch(Monitor *monitor, GError **error)
{
    sd_bus *bus = manager_client_bus(monitor->client);
    for (;;) {
        int result = sd_bus_process(bus, NULL);
        if (monitor->reread) {
            monitor->reread = FALSE;
            /* Where it has left again meanwhile, the next notice of its name comes. */
            (void)read_states(monitor, NULL);
            continue;
        }
        if (result == 0) {
            result = sd_bus_wait(bus, G_MAXUINT64);
        }
        if (result < 0 && result != -EINTR) {
            manager_client_set_error(error, monitor->context->host, NULL, result);
            return FALSE;
        }
    }
}

ExitCode verb_monitor(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (!client) {
        return verb_failed(error);
    }
    g_autoptr(GHashTable) states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Monitor monitor = {.context = context, .client = client, .states = states};
    if (subscribe(&monitor, &error) && read_states(&monitor, &error)) {
        (void)watch(&monitor, &error);
    }
    return verb_failed(error);
}
