/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-facts.h"

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/usb-storage-drivers.h"

static GPtrArray *storage_drivers(void)
{
    g_auto(GStrv) names = sysfs_list(USB_DRIVERS_DIRECTORY);
    GPtrArray *drivers = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; names[i]; i++)
        if (usb_storage_driver_is(names[i]))
            g_ptr_array_add(drivers, g_strdup(names[i]));
    return drivers;
}

/* Ids that were given to storage drivers at run time, one a line. */
static char *read_dynamic_ids(void)
{
    g_autoptr(GPtrArray) drivers = storage_drivers();
    GString *ids = g_string_new(NULL);

    for (guint i = 0; i < drivers->len; i++) {
        g_autofree char *path =
            g_build_filename(USB_DRIVERS_DIRECTORY, g_ptr_array_index(drivers, i), "new_id", NULL);
        g_autofree char *text = sysfs_read(path);
        if (text && *text)
            g_string_append_printf(ids, "%s\n", text);
    }
    return g_string_free(ids, FALSE);
}

static UsbDescriptors *read_descriptors(const char *interface)
{
    g_autofree char *device = usb_tree_device_name(interface);
    g_autoptr(GBytes) bytes = usb_tree_read_descriptors(device);

    if (!bytes)
        return NULL;
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    return usb_descriptors_parse(data, length);
}

UsbStorageReason usb_storage_facts_decide(const UsbNode *interface, gboolean has_disk,
                                          const UsbAliases *aliases)
{
    g_autofree char *path = usb_tree_attribute(interface->name, "modalias");
    g_autofree char *modalias = sysfs_read(path);
    g_autofree char *dynamic_ids = read_dynamic_ids();
    g_autoptr(UsbDescriptors) descriptors = read_descriptors(interface->name);
    UsbInterfaceFacts facts = {
        .descriptors = descriptors,
        .modalias = modalias,
        .driver = interface->driver,
        .has_disk = has_disk,
        .dynamic_ids = dynamic_ids,
        .aliases = aliases,
    };

    if (!usb_tree_parse_interface(interface->name, &facts.configuration, &facts.interface))
        facts.descriptors = NULL;
    return usb_storage_decide(&facts);
}

UsbStepKind usb_storage_facts_probe(const UsbAliases *aliases)
{
    g_autoptr(GPtrArray) drivers = storage_drivers();

    for (guint i = 0; aliases && i < drivers->len; i++) {
        g_autofree char *module = usb_storage_driver_module(g_ptr_array_index(drivers, i));
        if (!usb_aliases_has_module(aliases, module))
            return USB_STEP_PROBE_CAREFULLY;
    }
    return USB_STEP_PROBE;
}
