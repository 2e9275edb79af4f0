/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With what authorization new USB things start. Interfaces on every root hub start unauthorized
 * ("interface_authorized_default"), so that no driver is asked before secpold has decided.
 *
 * A controller that appears later would start open: its hub is made and its devices are found by
 * the kernel at once. So usbcore's parameter "authorized_default" is 0 meanwhile, which makes
 * devices of new controllers start unauthorized, until secpold has shut the interfaces of its hub.
 * (2 would let in what sits at ports the firmware calls hard-wired, and a card reader soldered to
 * the board is storage as well.)
 */
#pragma once

#include "daemon/enforce/usb/usb-storage-pass.h"

/* Sets the defaults, and reads the hubs into @pass. What cannot be set is violated. Saves the state
 * before anything is changed. */
void usb_storage_shut(UsbStoragePass *pass);

/* Has devices authorized that wait only because their controller came while the parameter was 0. */
void usb_storage_admit_devices(UsbStoragePass *pass);

/* Puts the defaults back to what they were, and reads the hubs into @pass. What cannot be put back
 * is a problem. */
void usb_storage_open(UsbStoragePass *pass);

/* Attributes that somebody else might write to. Adds to @paths (element type char). */
void usb_storage_add_default_paths(const UsbStoragePass *pass, GPtrArray *paths);
