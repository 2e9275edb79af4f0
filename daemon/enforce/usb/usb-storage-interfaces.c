/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-interfaces.h"

#include <string.h>

#include "daemon/enforce/usb/usb-mounts.h"
#include "daemon/enforce/usb/usb-storage-drivers.h"
#include "daemon/enforce/usb/usb-storage-facts.h"
#include "daemon/enforce/usb/usb-storage-mounts.h"
#include "daemon/enforce/usb/usb-storage-outcome.h"
#include "daemon/policy/text.h"

/* "1-1.4:1.0 (SanDisk Ultra)" */
static char *name_of(const UsbInterfaceState *interface)
{
    if (!interface->label)
        return g_strdup(interface->name);
    return g_strdup_printf("%s (%s)", interface->name, interface->label);
}

void usb_storage_find_essential(UsbStoragePass *pass)
{
    g_autoptr(GPtrArray) essentials = usb_mounts_essential();

    for (guint i = 0; i < essentials->len; i++) {
        const UsbEssential *essential = g_ptr_array_index(essentials, i);
        for (guint j = 0; j < pass->interfaces->len; j++) {
            const UsbNode *node = g_ptr_array_index(pass->interfaces, j);
            if (strcmp(node->name, essential->interface) != 0)
                continue;
            UsbInterfaceState *interface =
                usb_storage_state_add_interface(pass->state, node->name, node->id);
            interface->status = USB_INTERFACE_SPARED;
            interface->use = g_strdup(essential->use);
        }
    }
}

/* Whether it is secpold that keeps interfaces on this one's hub from being authorized. */
static gboolean is_shut_by_us(const UsbStoragePass *pass, const char *interface)
{
    g_autofree char *root = usb_tree_root_hub_name(interface);
    const UsbHubState *hub = g_hash_table_lookup(pass->state->hubs, root);
    return hub && hub->original;
}

/* Steps */

static void allow(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    interface->status = USB_INTERFACE_ALLOWING;
    interface->confirmed = FALSE;
    interface->changed = 0;
    usb_storage_pass_add_step(pass, USB_STEP_ALLOW, interface->name, interface->id);
}

/* A driver may want several interfaces of a device, and gets none that is not authorized yet. So
 * drivers are asked when all are, and asked again for those that came before. */
static void add_probes(UsbStoragePass *pass)
{
    const UsbStepKind kind = usb_storage_facts_probe(pass->aliases);

    for (guint i = 0; i < pass->interfaces->len; i++) {
        const UsbNode *node = g_ptr_array_index(pass->interfaces, i);
        const UsbInterfaceState *interface =
            usb_storage_state_interface(pass->state, node->name, node->id);
        g_autofree char *device = usb_tree_device_name(node->name);
        if (!node->driver && usb_storage_pass_allows(pass, device) &&
            (interface->status == USB_INTERFACE_ALLOWING ||
             (node->authorized && interface->reason == USB_STORAGE_NOT)))
            usb_storage_pass_add_step(pass, kind, node->name, node->id);
    }
}

/* FALSE while it is still being written out. */
static gboolean is_written_out(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    if (interface->write_out_since != 0 &&
        g_get_monotonic_time() - interface->write_out_since > USB_STORAGE_WRITE_OUT_USEC)
        interface->written_out = TRUE;
    if (interface->written_out)
        return TRUE;

    g_autoptr(GPtrArray) points = usb_storage_mount_points(pass, interface->name);
    if (points->len == 0)
        return TRUE;
    g_autofree char *point =
        text_sanitize(g_ptr_array_index(points, 0), USB_STORAGE_LABEL_MAX_BYTES);
    usb_storage_pass_say(pass->pending, "writing out %s", point);
    if (interface->write_out_since != 0)
        return FALSE;
    interface->write_out_since = g_get_monotonic_time();
    g_autofree char *key = g_strconcat(USB_STORAGE_WRITE_OUT_PREFIX, interface->name, NULL);
    UsbJob *job = usb_job_new(key);
    for (guint i = 0; i < points->len; i++)
        usb_job_add(job, USB_STEP_WRITE_OUT, g_ptr_array_index(points, i), 0);
    g_hash_table_insert(pass->jobs, g_steal_pointer(&key), job);
    return FALSE;
}

/* What failed is tried again as often as there is a look, but not at once: the failure itself
 * causes one. */
static gboolean may_try(const UsbInterfaceState *interface)
{
    return g_get_monotonic_time() >= interface->not_before;
}

static void refuse(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    g_autofree char *name = name_of(interface);

    if (interface->confirmed && interface->changed == 0)
        interface->changed = pass->noticed;
    if (interface->changed == 0 && !is_written_out(pass, interface))
        return;
    interface->status = USB_INTERFACE_REFUSED;
    usb_storage_remember_mounts(pass, interface);
    if (interface->error)
        usb_storage_pass_say(pass->violated, "%s cannot be taken away: %s", name, interface->error);
    else
        usb_storage_pass_say(pass->pending, "%s is being taken away", name);
    if (may_try(interface)) {
        interface->refusing = TRUE;
        usb_storage_pass_add_step(pass, USB_STEP_REFUSE, interface->name, interface->id);
    }
}

/* Looks */

static void note_refused(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    if (interface->changed != 0)
        usb_storage_pass_add_drift(pass, interface->changed, TRUE, "%s had been authorized",
                                   interface->name);
    interface->changed = 0;
    interface->confirmed = interface->status == USB_INTERFACE_REFUSED;
    g_clear_pointer(&interface->error, g_free);
    g_ptr_array_add(pass->refused, name_of(interface));
    if (!interface->label && !usb_storage_pass_is_busy(pass, interface->name))
        usb_storage_pass_add_step(pass, USB_STEP_READ_LABEL, interface->name, interface->id);
}

static void note_going(UsbStoragePass *pass, const UsbInterfaceState *interface)
{
    const char *disk = g_hash_table_lookup(pass->disks, interface->name);
    g_autofree char *name = name_of(interface);

    if (disk)
        usb_storage_pass_say(pass->pending, "%s on %s is being taken away", disk, name);
    else
        usb_storage_pass_say(pass->pending, "%s is being taken away", name);
}

/* The kernel takes the authorization first, then the driver, which waits until a disk that it is
 * looking for is there or not and what was written to it is written out. */
static gboolean is_going(const UsbStoragePass *pass, const UsbInterfaceState *interface)
{
    return interface->refusing || g_hash_table_contains(pass->disks, interface->name);
}

static void look_at_storage(UsbStoragePass *pass, const UsbNode *node, UsbInterfaceState *interface)
{
    if (!node->authorized && !node->driver) {
        if (interface->status == USB_INTERFACE_NEW)
            interface->status =
                is_shut_by_us(pass, node->name) ? USB_INTERFACE_REFUSED : USB_INTERFACE_LEFT;
        else if (interface->status == USB_INTERFACE_ALLOWING)
            interface->status = USB_INTERFACE_REFUSED;
        if (is_going(pass, interface))
            note_going(pass, interface);
        else
            note_refused(pass, interface);
    } else if (usb_storage_pass_is_busy(pass, node->name)) {
        note_going(pass, interface);
    } else {
        refuse(pass, interface);
    }
}

/* An unauthorized interface that is not new was deprived by secpold or by someone who meant it. */
static gboolean has_to_be_allowed(const UsbStoragePass *pass, const UsbNode *node,
                                  const UsbInterfaceState *interface)
{
    switch (interface->status) {
    case USB_INTERFACE_NEW:
        return !node->authorized && is_shut_by_us(pass, node->name);
    case USB_INTERFACE_REFUSED:
        return !node->authorized;
    case USB_INTERFACE_ALLOWING:
        return !node->authorized || !node->driver;
    case USB_INTERFACE_LEFT:
    case USB_INTERFACE_SPARED:
        break;
    }
    return FALSE;
}

static void look_at_other(UsbStoragePass *pass, const UsbNode *node, UsbInterfaceState *interface)
{
    if (interface->status == USB_INTERFACE_ALLOWING && interface->error)
        usb_storage_pass_say(pass->problems, "%s cannot be given to its driver: %s",
                             interface->name, interface->error);
    if (usb_storage_pass_is_busy(pass, node->name))
        return;
    if (has_to_be_allowed(pass, node, interface)) {
        if (may_try(interface))
            allow(pass, interface);
    } else if (interface->status != USB_INTERFACE_SPARED) {
        interface->status = USB_INTERFACE_LEFT;
    }
}

static void note_spared(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    g_autofree char *name = name_of(interface);

    if (interface->use)
        usb_storage_pass_say(pass->spared, "%s is spared, for the device runs from it (%s)", name,
                             interface->use);
    else
        usb_storage_pass_say(pass->spared, "%s is spared by the device profile", name);
    if (!interface->label && !usb_storage_pass_is_busy(pass, interface->name))
        usb_storage_pass_add_step(pass, USB_STEP_READ_LABEL, interface->name, interface->id);
}

/* Decided once; what it turns out to be by a driver or a disk counts at any time. */
static void decide(UsbStoragePass *pass, const UsbNode *node, UsbInterfaceState *interface)
{
    const gboolean has_disk = g_hash_table_contains(pass->disks, node->name);
    const gboolean is_new = !interface->decided;

    if (interface->decided && interface->reason == USB_STORAGE_NOT && !has_disk &&
        !(node->driver && usb_storage_driver_is(node->driver)))
        return;
    if (interface->decided && interface->reason != USB_STORAGE_NOT)
        return;
    interface->reason = usb_storage_facts_decide(node, has_disk, pass->aliases);
    interface->decided = TRUE;
    if (!is_new && interface->reason != USB_STORAGE_NOT && interface->status == USB_INTERFACE_LEFT)
        interface->changed = pass->noticed;
}

static UsbInterfaceState *find_or_add(UsbStoragePass *pass, const UsbNode *node)
{
    UsbInterfaceState *interface = usb_storage_state_interface(pass->state, node->name, node->id);
    return interface ? interface : usb_storage_state_add_interface(pass->state, node->name, node->id);
}

static void look_at(UsbStoragePass *pass, const UsbNode *node)
{
    UsbInterfaceState *interface = find_or_add(pass, node);

    decide(pass, node, interface);
    if (interface->reason == USB_STORAGE_NOT) {
        look_at_other(pass, node, interface);
    } else if (interface->status == USB_INTERFACE_SPARED ||
               usb_tree_is_exempt(pass->plan, node->name)) {
        note_spared(pass, interface);
        look_at_other(pass, node, interface);
    } else {
        look_at_storage(pass, node, interface);
    }
}

static void note_exemptions(UsbStoragePass *pass)
{
    if (!pass->plan->exempt_usb_ports[0] || pass->spared->len > 0)
        return;
    g_autofree char *ports = g_strjoinv(", ", pass->plan->exempt_usb_ports);
    usb_storage_pass_say(pass->spared, "the device profile spares storage at %s", ports);
}

void usb_storage_enforce_interfaces(UsbStoragePass *pass)
{
    for (guint i = 0; i < pass->interfaces->len; i++)
        look_at(pass, g_ptr_array_index(pass->interfaces, i));
    add_probes(pass);
    usb_storage_note_lingering(pass);
    note_exemptions(pass);
}

gboolean usb_storage_lift_interfaces(UsbStoragePass *pass)
{
    gboolean done = TRUE;

    for (guint i = 0; i < pass->interfaces->len; i++) {
        const UsbNode *node = g_ptr_array_index(pass->interfaces, i);
        UsbInterfaceState *interface = find_or_add(pass, node);
        look_at_other(pass, node, interface);
        done &=
            interface->status == USB_INTERFACE_LEFT || interface->status == USB_INTERFACE_SPARED;
    }
    add_probes(pass);
    return done;
}

void usb_storage_add_interface_paths(const UsbStoragePass *pass, GPtrArray *paths)
{
    GHashTableIter iterator;
    gpointer value;

    g_hash_table_iter_init(&iterator, pass->state->interfaces);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const UsbInterfaceState *interface = value;
        if (interface->decided && interface->reason != USB_STORAGE_NOT)
            g_ptr_array_add(paths, usb_tree_attribute(interface->name, "authorized"));
    }
}
