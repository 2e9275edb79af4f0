/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-state.h"

#include <string.h>

#include "daemon/enforce/usb/usb-storage-record.h"

static void hub_free(gpointer data)
{
    UsbHubState *hub = data;

    g_free(hub->name);
    g_free(hub);
}

static void interface_free(gpointer data)
{
    UsbInterfaceState *interface = data;

    g_free(interface->name);
    g_free(interface->use);
    g_ptr_array_unref(interface->mounts);
    g_free(interface->label);
    g_free(interface->error);
    g_free(interface);
}

static void failure_free(gpointer data)
{
    UsbDeviceFailure *failure = data;

    g_free(failure->error);
    g_free(failure);
}

UsbStorageState *usb_storage_state_load(const char *runtime_directory)
{
    UsbStorageState *state = g_new0(UsbStorageState, 1);

    state->record = run_record_new(runtime_directory, USB_STORAGE_RECORD);
    state->hubs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, hub_free);
    state->interfaces = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, interface_free);
    state->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    state->failures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, failure_free);
    usb_storage_record_load(state);
    return state;
}

void usb_storage_state_free(UsbStorageState *state)
{
    if (!state)
        return;
    run_record_free(state->record);
    g_hash_table_unref(state->hubs);
    g_hash_table_unref(state->interfaces);
    g_hash_table_unref(state->devices);
    g_hash_table_unref(state->failures);
    g_free(state->parameter);
    g_free(state);
}

gboolean usb_storage_state_save(UsbStorageState *state, GError **error)
{
    usb_storage_record_update(state);
    return run_record_save(state->record, error);
}

void usb_storage_state_clear(UsbStorageState *state)
{
    state->in_force = FALSE;
    g_clear_pointer(&state->parameter, g_free);
    g_hash_table_remove_all(state->hubs);
    g_hash_table_remove_all(state->interfaces);
    g_hash_table_remove_all(state->devices);
    g_hash_table_remove_all(state->failures);
}

gboolean usb_storage_state_is_empty(const UsbStorageState *state)
{
    return !state->in_force && !state->parameter && g_hash_table_size(state->hubs) == 0 &&
           g_hash_table_size(state->interfaces) == 0;
}

UsbHubState *usb_storage_state_hub(const UsbStorageState *state, const char *name, guint64 id)
{
    UsbHubState *hub = g_hash_table_lookup(state->hubs, name);
    return hub && hub->id == id ? hub : NULL;
}

UsbInterfaceState *usb_storage_state_interface(const UsbStorageState *state, const char *name,
                                               guint64 id)
{
    UsbInterfaceState *interface = g_hash_table_lookup(state->interfaces, name);
    return interface && interface->id == id ? interface : NULL;
}

UsbHubState *usb_storage_state_add_hub(UsbStorageState *state, const char *name, guint64 id)
{
    UsbHubState *hub = g_new0(UsbHubState, 1);

    hub->name = g_strdup(name);
    hub->id = id;
    g_hash_table_replace(state->hubs, hub->name, hub);
    return hub;
}

UsbInterfaceState *usb_storage_state_add_interface(UsbStorageState *state, const char *name,
                                                   guint64 id)
{
    UsbInterfaceState *interface = g_new0(UsbInterfaceState, 1);
    const UsbInterfaceState *before = g_hash_table_lookup(state->interfaces, name);

    interface->name = g_strdup(name);
    interface->id = id;
    interface->heir = before && before->mounts->len > 0;
    interface->mounts =
        interface->heir ? g_ptr_array_ref(before->mounts) : g_ptr_array_new_with_free_func(g_free);
    g_hash_table_replace(state->interfaces, interface->name, interface);
    return interface;
}

gboolean usb_storage_state_knows_device(const UsbStorageState *state, const char *name, guint64 id)
{
    const guint64 *known = g_hash_table_lookup(state->devices, name);
    return known && *known == id;
}

void usb_storage_state_add_device(UsbStorageState *state, const char *name, guint64 id)
{
    guint64 *known = g_new(guint64, 1);

    *known = id;
    g_hash_table_replace(state->devices, g_strdup(name), known);
    g_hash_table_remove(state->failures, name);
}

void usb_storage_state_add_failure(UsbStorageState *state, const char *name, guint64 id,
                                   const char *message, gint64 not_before)
{
    UsbDeviceFailure *failure = g_new0(UsbDeviceFailure, 1);

    failure->id = id;
    failure->error = g_strdup(message);
    failure->not_before = not_before;
    g_hash_table_replace(state->failures, g_strdup(name), failure);
}

const UsbDeviceFailure *usb_storage_state_failure(const UsbStorageState *state, const char *name,
                                                  guint64 id)
{
    const UsbDeviceFailure *failure = g_hash_table_lookup(state->failures, name);
    return failure && failure->id == id ? failure : NULL;
}

void usb_storage_state_reconsider(UsbStorageState *state)
{
    GHashTableIter iterator;
    gpointer interface;

    g_hash_table_iter_init(&iterator, state->interfaces);
    while (g_hash_table_iter_next(&iterator, NULL, &interface))
        ((UsbInterfaceState *)interface)->decided = FALSE;
}

static gboolean is_listed(const GPtrArray *nodes, const char *name, guint64 id)
{
    /* The lists are sorted by name. */
    guint low = 0, high = nodes->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const UsbNode *node = g_ptr_array_index(nodes, middle);
        const int order = strcmp(name, node->name);
        if (order == 0)
            return node->id == id;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return FALSE;
}

static gboolean is_gone_hub(gpointer name, gpointer hub, gpointer nodes)
{
    return !is_listed(nodes, name, ((const UsbHubState *)hub)->id);
}

static gboolean is_gone_device(gpointer name, gpointer id, gpointer nodes)
{
    return !is_listed(nodes, name, *(const guint64 *)id);
}

static gboolean is_gone_failure(gpointer name, gpointer failure, gpointer nodes)
{
    return !is_listed(nodes, name, ((const UsbDeviceFailure *)failure)->id);
}

/* As long as something it held is still mounted, it stays known. */
static gboolean is_gone_interface(gpointer name, gpointer interface, gpointer nodes)
{
    const UsbInterfaceState *known = interface;
    return known->mounts->len == 0 && !is_listed(nodes, name, known->id);
}

void usb_storage_state_keep(UsbStorageState *state, const GPtrArray *hubs, const GPtrArray *devices,
                            const GPtrArray *interfaces)
{
    g_hash_table_foreach_remove(state->hubs, is_gone_hub, (gpointer)hubs);
    g_hash_table_foreach_remove(state->devices, is_gone_device, (gpointer)devices);
    g_hash_table_foreach_remove(state->failures, is_gone_failure, (gpointer)devices);
    g_hash_table_foreach_remove(state->interfaces, is_gone_interface, (gpointer)interfaces);
}
