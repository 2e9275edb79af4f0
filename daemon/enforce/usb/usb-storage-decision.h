/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a USB interface is storage, decided before any driver is asked: from what the device says
 * of itself in every alternate setting of the interface (which of them is chosen can change at any
 * time without a word), and from the ids that the kernel's storage drivers claim. Pure.
 */
#pragma once

#include "daemon/enforce/usb/usb-aliases.h"
#include "daemon/enforce/usb/usb-descriptors.h"

/* What is known about one interface. All borrowed. */
typedef struct UsbInterfaceFacts {
    const UsbDescriptors *descriptors; /* NULL: could not be read */
    const char *modalias;              /* of the setting chosen now; NULL: could not be read */
    guint8 configuration;
    guint8 interface;
    const char *driver;        /* bound now, or NULL */
    gboolean has_disk;         /* a block device has the interface as its ancestor */
    const char *dynamic_ids;   /* what storage drivers say in "new_id", one id a line, or NULL */
    const UsbAliases *aliases; /* NULL: not known */
} UsbInterfaceFacts;

typedef enum UsbStorageReason {
    USB_STORAGE_NOT,        /* not storage */
    USB_STORAGE_CLASS,      /* a setting has the class for mass storage, 08 */
    USB_STORAGE_ID,         /* a storage driver claims the ids */
    USB_STORAGE_DYNAMIC_ID, /* someone has given a storage driver the ids */
    USB_STORAGE_DRIVER,     /* bound to a storage driver */
    USB_STORAGE_DISK,       /* there is a block device */
} UsbStorageReason;

UsbStorageReason usb_storage_decide(const UsbInterfaceFacts *facts);
