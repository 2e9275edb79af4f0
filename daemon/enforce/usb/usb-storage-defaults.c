/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-defaults.h"

#include <string.h>

#include "daemon/enforce/sysfs.h"

#define PARAMETER         "/sys/module/usbcore/parameters/authorized_default"
#define INTERFACE_DEFAULT "interface_authorized_default"
#define DEVICE_DEFAULT    "authorized_default"

#define PARAMETER_NONE     "0"
#define PARAMETER_INTERNAL "2"

static char *read_attribute(const UsbNode *node, const char *attribute)
{
    g_autofree char *path = usb_tree_attribute(node->name, attribute);
    return sysfs_read(path);
}

static gboolean is_shut(const UsbNode *hub)
{
    g_autofree char *value = read_attribute(hub, INTERFACE_DEFAULT);
    return g_strcmp0(value, "0") == 0;
}

/* A write that somebody undoes at once, or a kernel that ignores it, shows in the reading back. */
static gboolean shut_hub(const UsbNode *hub, GError **error)
{
    return usb_tree_write(hub->name, hub->id, INTERFACE_DEFAULT, "0", error);
}

static void save(UsbStoragePass *pass)
{
    g_autoptr(GError) error = NULL;

    if (!usb_storage_state_save(pass->state, &error))
        usb_storage_pass_say(pass->problems,
                             "USB storage refused now will stay so after a restart of secpold: %s",
                             error->message);
}

/* Parameter */

/* As it was before secpold changed it; NULL where it has not. */
static const char *original_parameter(const UsbStoragePass *pass)
{
    return pass->parameter ? pass->parameter : pass->state->parameter;
}

static void shut_parameter(UsbStoragePass *pass)
{
    g_autofree char *value = sysfs_read(PARAMETER);
    g_autoptr(GError) error = NULL;

    if (!value || strcmp(value, PARAMETER_NONE) == 0)
        return;
    const gboolean ours = pass->state->parameter != NULL;
    if (!ours)
        pass->state->parameter = g_strdup(value);
    save(pass);
    const gboolean done = sysfs_write(PARAMETER, PARAMETER_NONE, &error);
    if (ours)
        usb_storage_pass_add_drift(pass, pass->noticed, done,
                                   "devices of new USB controllers were authorized by default "
                                   "(usbcore's authorized_default was %s)",
                                   value);
    if (!done)
        usb_storage_pass_say(pass->violated, "a USB controller that is added starts open: %s",
                             error->message);
}

static void open_parameter(UsbStoragePass *pass)
{
    g_autofree char *value = sysfs_read(PARAMETER);
    g_autoptr(GError) error = NULL;

    if (!pass->state->parameter)
        return;
    if (g_strcmp0(value, PARAMETER_NONE) == 0 &&
        !sysfs_write(PARAMETER, pass->state->parameter, &error))
        usb_storage_pass_say(pass->problems, "Devices of new USB controllers stay unauthorized: %s",
                             error->message);
    else
        g_clear_pointer(&pass->state->parameter, g_free);
}

/* Hubs */

/* Somebody else decides on devices, as usbguard does, where a hub that was there before the
 * parameter was changed does not authorize them. */
static gboolean devices_are_managed(const UsbStoragePass *pass)
{
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        const UsbHubState *known = usb_storage_state_hub(pass->state, hub->name, hub->id);
        g_autofree char *value = read_attribute(hub, DEVICE_DEFAULT);
        if (known && !known->shut && g_strcmp0(value, "0") == 0)
            return TRUE;
    }
    return FALSE;
}

/* Whether the kernel may have shut the hub because of what secpold made of the parameter. */
static gboolean came_late(const UsbStoragePass *pass, const UsbNode *hub, const GPtrArray *before)
{
    if (pass->parameter)
        return TRUE;
    for (guint i = 0; i < before->len; i++) {
        const UsbNode *old = g_ptr_array_index(before, i);
        if (old->id == hub->id && strcmp(old->name, hub->name) == 0)
            return FALSE;
    }
    return pass->state->parameter != NULL;
}

static void meet_hub(UsbStoragePass *pass, const UsbNode *hub, gboolean may_open)
{
    g_autofree char *devices = read_attribute(hub, DEVICE_DEFAULT);
    UsbHubState *known = usb_storage_state_add_hub(pass->state, hub->name, hub->id);

    known->original = !is_shut(hub);
    known->shut = may_open && g_strcmp0(devices, "0") == 0;
}

/* Before the first of them is changed, so that all is on record. @before: the hubs that were there
 * before the parameter was looked at. */
static void meet_hubs(UsbStoragePass *pass, const GPtrArray *before)
{
    const gboolean managed = devices_are_managed(pass);

    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        if (!usb_storage_state_hub(pass->state, hub->name, hub->id))
            meet_hub(pass, hub, !managed && came_late(pass, hub, before));
    }
    save(pass);
}

/* What the kernel would have given the hub, had the parameter been left alone. */
static void open_to_devices(UsbStoragePass *pass, const UsbNode *hub, UsbHubState *known)
{
    const gboolean internal = g_strcmp0(original_parameter(pass), PARAMETER_INTERNAL) == 0;
    g_autoptr(GError) error = NULL;

    if (usb_tree_write(hub->name, hub->id, DEVICE_DEFAULT, internal ? PARAMETER_INTERNAL : "1",
                       &error)) {
        known->shut = FALSE;
        known->opened = TRUE;
    } else if (!sysfs_error_is_gone(error)) {
        usb_storage_pass_say(pass->problems, "Devices of %s stay unauthorized: %s", hub->name,
                             error->message);
    }
}

static void shut_one(UsbStoragePass *pass, const UsbNode *hub, UsbHubState *known, gboolean met)
{
    g_autoptr(GError) error = NULL;

    if (!is_shut(hub)) {
        const gboolean done = shut_hub(hub, &error) && is_shut(hub);
        if (error && sysfs_error_is_gone(error))
            return;
        if (!met)
            usb_storage_pass_add_drift(pass, pass->noticed, done,
                                       "new interfaces on %s were authorized by default",
                                       hub->name);
        if (!done) {
            usb_storage_pass_say(pass->violated, "new interfaces on %s are authorized: %s",
                                 hub->name, error ? error->message : "the kernel does not obey");
            return;
        }
    }
    if (known->shut)
        open_to_devices(pass, hub, known);
}

/* Who took the authorization of these away was not secpold, and had a reason. */
static void leave_unauthorized(UsbStoragePass *pass, const GHashTable *met)
{
    g_autoptr(GPtrArray) interfaces = usb_tree_list(USB_INTERFACE, &pass->cut);

    for (guint i = 0; i < interfaces->len; i++) {
        const UsbNode *interface = g_ptr_array_index(interfaces, i);
        g_autofree char *root = usb_tree_root_hub_name(interface->name);
        if (!interface->authorized && g_hash_table_contains((GHashTable *)met, root) &&
            !usb_storage_state_interface(pass->state, interface->name, interface->id))
            usb_storage_state_add_interface(pass->state, interface->name, interface->id)->status =
                USB_INTERFACE_LEFT;
    }
}

void usb_storage_shut(UsbStoragePass *pass)
{
    g_autoptr(GHashTable) met = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) before = usb_tree_list(USB_ROOT_HUB, &pass->cut);

    shut_parameter(pass);
    pass->hubs = usb_tree_list(USB_ROOT_HUB, &pass->cut);
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        if (!usb_storage_state_hub(pass->state, hub->name, hub->id))
            g_hash_table_add(met, hub->name);
    }
    if (g_hash_table_size(met) > 0) {
        leave_unauthorized(pass, met);
        meet_hubs(pass, before);
    }
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        shut_one(pass, hub, usb_storage_state_hub(pass->state, hub->name, hub->id),
                 g_hash_table_contains(met, hub->name));
    }
    save(pass);
}

void usb_storage_open(UsbStoragePass *pass)
{
    g_autoptr(GPtrArray) before = usb_tree_list(USB_ROOT_HUB, &pass->cut);

    open_parameter(pass);
    pass->hubs = usb_tree_list(USB_ROOT_HUB, &pass->cut);
    /* One that came just now is shut as well. */
    if (pass->parameter)
        meet_hubs(pass, before);
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        UsbHubState *known = usb_storage_state_hub(pass->state, hub->name, hub->id);
        g_autoptr(GError) error = NULL;
        if (!known)
            continue;
        if (known->shut)
            open_to_devices(pass, hub, known);
        if (known->original && is_shut(hub) &&
            !usb_tree_write(hub->name, hub->id, INTERFACE_DEFAULT, "1", &error) &&
            !sysfs_error_is_gone(error))
            usb_storage_pass_say(pass->problems, "New USB interfaces on %s stay unauthorized: %s",
                                 hub->name, error->message);
    }
}

/* Devices */

static gboolean kernel_would_admit(const UsbStoragePass *pass, const UsbNode *device)
{
    if (g_strcmp0(original_parameter(pass), PARAMETER_INTERNAL) != 0)
        return TRUE;
    g_autofree char *removable = read_attribute(device, "removable");
    return g_strcmp0(removable, "fixed") == 0;
}

static gboolean is_open_to_devices(const UsbStoragePass *pass, const UsbNode *hub)
{
    const UsbHubState *known = usb_storage_state_hub(pass->state, hub->name, hub->id);
    if (!known || !known->opened)
        return FALSE;
    g_autofree char *value = read_attribute(hub, DEVICE_DEFAULT);
    return g_strcmp0(value, "0") != 0;
}

static const UsbNode *find_hub(const UsbStoragePass *pass, const char *name)
{
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        if (strcmp(hub->name, name) == 0)
            return hub;
    }
    return NULL;
}

static void admit(UsbStoragePass *pass, const UsbNode *device)
{
    const UsbDeviceFailure *failure =
        usb_storage_state_failure(pass->state, device->name, device->id);

    if (failure)
        usb_storage_pass_say(pass->problems, "The USB device %s cannot be authorized: %s",
                             device->name, failure->error);
    if (usb_storage_pass_is_busy(pass, device->name) ||
        (failure && g_get_monotonic_time() < failure->not_before))
        return;
    usb_storage_pass_add_step(pass, USB_STEP_ALLOW_DEVICE, device->name, device->id);
}

/* Once for each device: who takes the authorization away later means it. One that waits counts as
 * known when the step is done, so that a restart in between does not leave it waiting. */
void usb_storage_admit_devices(UsbStoragePass *pass)
{
    for (guint i = 0; i < pass->devices->len; i++) {
        const UsbNode *device = g_ptr_array_index(pass->devices, i);
        g_autofree char *root = usb_tree_root_hub_name(device->name);
        const UsbNode *hub = find_hub(pass, root);
        if (!hub || !is_open_to_devices(pass, hub) ||
            usb_storage_state_knows_device(pass->state, device->name, device->id))
            continue;
        if (device->authorized || !kernel_would_admit(pass, device))
            usb_storage_state_add_device(pass->state, device->name, device->id);
        else
            admit(pass, device);
    }
}

void usb_storage_add_default_paths(const UsbStoragePass *pass, GPtrArray *paths)
{
    g_ptr_array_add(paths, g_strdup(PARAMETER));
    for (guint i = 0; i < pass->hubs->len; i++) {
        const UsbNode *hub = g_ptr_array_index(pass->hubs, i);
        g_ptr_array_add(paths, usb_tree_attribute(hub->name, INTERFACE_DEFAULT));
    }
}
