/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of each USB interface: storage is refused, the rest gets what the kernel would have
 * given it had the defaults not been changed. Nothing here waits: steps are added to the pass.
 */
#pragma once

#include "daemon/enforce/usb/usb-storage-pass.h"

/* A file system that takes longer to write out is taken away all the same, a little later than
 * this: at the next look. */
#define USB_STORAGE_WRITE_OUT_USEC (20 * G_TIME_SPAN_SECOND)

/* Remembers what the machine runs from; once, when the item takes effect. */
void usb_storage_find_essential(UsbStoragePass *pass);

void usb_storage_enforce_interfaces(UsbStoragePass *pass);

/* Gives back what was refused. Whether nothing is left to do. */
gboolean usb_storage_lift_interfaces(UsbStoragePass *pass);

/* Attributes of refused interfaces, to which somebody might write. Adds to @paths. */
void usb_storage_add_interface_paths(const UsbStoragePass *pass, GPtrArray *paths);
