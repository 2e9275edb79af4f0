/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What jobs bring back. */
#pragma once

#include "daemon/enforce/usb/usb-jobs.h"
#include "daemon/enforce/usb/usb-storage-state.h"

/* Names of devices are cut to this. */
#define USB_STORAGE_LABEL_MAX_BYTES 48

/* Key of the job that writes out what is mounted from an interface: this and its name. */
#define USB_STORAGE_WRITE_OUT_PREFIX "write-out "

/* Takes over what a finished job has to tell. */
void usb_storage_job_done(UsbStorageState *state, const UsbJob *job);
