/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a USB device says of itself, as the kernel hands it out in its attribute "descriptors": the
 * device descriptor, then all configurations whole. Pure; what cannot be understood is skipped the
 * way the kernel skips it. */
#pragma once

#include <glib.h>

/* Eight configurations (USB_MAXCONFIG in the kernel) of 64 KiB, and the device descriptor. */
#define USB_DESCRIPTORS_MAX_BYTES (8 * 65535 + 18)

/* More settings are not looked at. The kernel takes 32 interfaces in each of 8 configurations. */
#define USB_DESCRIPTORS_MAX_SETTINGS 2048

/* One alternate setting of one interface. */
typedef struct UsbSetting {
    guint8 configuration; /* bConfigurationValue */
    guint8 interface;     /* bInterfaceNumber */
    guint8 class;
    guint8 subclass;
    guint8 protocol;
} UsbSetting;

typedef struct UsbDescriptors {
    guint16 vendor;
    guint16 product;
    guint16 release; /* bcdDevice */
    guint8 class;
    guint8 subclass;
    guint8 protocol;
    GArray *settings; /* element type UsbSetting, in the order of the bytes */
} UsbDescriptors;

/* NULL where not even the device descriptor is whole. */
UsbDescriptors *usb_descriptors_parse(const guint8 *bytes, gsize length);
void usb_descriptors_free(UsbDescriptors *descriptors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbDescriptors, usb_descriptors_free)

/* "usb:v0951p1666d0110dc00dsc00dp00ic08isc06ip50in00": what a driver's module is found by. Free
 * with g_free(). */
char *usb_descriptors_modalias(const UsbDescriptors *descriptors, const UsbSetting *setting);
