/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The USB devices of this machine as sysfs shows them. Only attributes whose reading takes no lock
 * of the device are read here: one that is being probed, or that does not answer, holds its lock
 * for seconds.
 *
 * Names are the kernel's: "usb1" is a root hub, "1-1.4" a device, "1-1.4:1.0" an interface. A thing
 * is known by name and id: what is plugged into the same port, or a controller made anew, has the
 * same name and another id.
 */
#pragma once

#include "daemon/policy/plan.h"

#define USB_DEVICES_DIRECTORY "/sys/bus/usb/devices"
#define USB_DRIVERS_DIRECTORY "/sys/bus/usb/drivers"

typedef enum UsbKind {
    USB_ROOT_HUB,
    USB_DEVICE,
    USB_INTERFACE,
} UsbKind;

typedef struct UsbNode {
    UsbKind kind;
    char *name;
    guint64 id; /* not used again before 2^32 others were */
    gboolean authorized;
    char *driver; /* interfaces: bound now, or NULL */
} UsbNode;

/* All of @kind, sorted by name; element type UsbNode. What vanishes meanwhile is left out, and of
 * more than SYSFS_LIST_MAX devices and interfaces some are: then @cut becomes TRUE, and is left
 * alone otherwise. */
GPtrArray *usb_tree_list(UsbKind kind, gboolean *cut);

/* Pure. */
gboolean usb_tree_kind_of_name(const char *name, UsbKind *ret);
char *usb_tree_root_hub_name(const char *name);    /* "usb1" of "1-1.4:1.0" */
char *usb_tree_device_name(const char *interface); /* "1-1.4" of "1-1.4:1.0", "usb1" of "1-0:1.0" */
gboolean usb_tree_parse_interface(const char *name, guint8 *ret_configuration, guint8 *ret_number);

/* The path of an attribute: USB_DEVICES_DIRECTORY/NAME/ATTRIBUTE. Free with g_free(). */
char *usb_tree_attribute(const char *name, const char *attribute);

/* Whether the device profile leaves the interface's device, or the port it is in, alone. */
gboolean usb_tree_is_exempt(const Plan *plan, const char *interface);

/* Writes to an attribute of the thing with this id and no other: SYSFS_ERROR as of sysfs_write(),
 * and ENODEV where something else has the name now. */
gboolean usb_tree_write(const char *name, guint64 id, const char *attribute, const char *value,
                        GError **error);

/* What the device's "descriptors" say, or NULL. */
GBytes *usb_tree_read_descriptors(const char *device);
