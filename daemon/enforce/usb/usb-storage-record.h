/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of the run record that UsbStorageState is kept in. A line that cannot be understood is
 * left out. */
#pragma once

#include "daemon/enforce/usb/usb-storage-state.h"

#define USB_STORAGE_RECORD "usb-storage"

void usb_storage_record_load(UsbStorageState *state);

/* Makes the lines say what @state does, without writing the file. */
void usb_storage_record_update(UsbStorageState *state);
