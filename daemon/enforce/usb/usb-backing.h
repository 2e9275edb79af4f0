/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a block device lies on: which USB interfaces, which files. */
#pragma once

#include <glib.h>

typedef struct UsbBacking {
    GPtrArray *interfaces; /* element type char: names of USB interfaces, "1-1.4:1.0" */
    GPtrArray *files;      /* element type char: paths of the files behind loop devices */
} UsbBacking;

UsbBacking *usb_backing_new(void);
void usb_backing_free(UsbBacking *backing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbBacking, usb_backing_free)

/* Adds what the device at @device, a path below /sys, lies on, be it through the device mapper
 * (LVM, LUKS) or RAID. Nothing where there is no such device. */
void usb_backing_add(UsbBacking *backing, const char *device);

/* Adds each string of @from that @to does not hold. */
void usb_backing_add_names(GPtrArray *to, const GPtrArray *from);

gboolean usb_backing_contains(const GPtrArray *names, const char *name);

/* The USB interface in the path of a device below /sys/devices, as "1-1.4:1.0"; NULL where there is
 * none. Free with g_free(). Pure. */
char *usb_backing_interface_of_path(const char *path);
