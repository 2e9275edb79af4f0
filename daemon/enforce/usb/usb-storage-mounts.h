/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mounted from an interface that goes away, and what stays mounted after it has: the kernel
 * leaves a mount whose disk is gone in place, until someone unmounts it. */
#pragma once

#include "daemon/enforce/usb/usb-storage-pass.h"

/* Element type char. */
GPtrArray *usb_storage_mount_points(UsbStoragePass *pass, const char *interface);

void usb_storage_remember_mounts(UsbStoragePass *pass, UsbInterfaceState *interface);

/* Says what still stays, and forgets the rest. */
void usb_storage_note_lingering(UsbStoragePass *pass);
