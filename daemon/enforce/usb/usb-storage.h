/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No USB storage. While the item holds, interfaces of USB devices start unauthorized, so that the
 * kernel asks no driver; secpold decides on each one, authorizes what is not storage and has
 * drivers asked for it. So there is no instant at which a stick that was plugged in has a block
 * device, and the keyboard in the same device works.
 *
 * What was there before is taken away: file systems on it are written out first, for at most
 * USB_STORAGE_WRITE_OUT_USEC and the time to the next look, while the item is pending. Storage that
 * carries /, /usr, /var, /boot or swap when the item takes effect is spared, and so is what the
 * device profile exempts: the item is then partial.
 *
 * Changes are heard of by uevents (subsystem "usb": a device comes, a driver is bound; "block": a
 * disk appears) and by inotify on the attributes that let storage in. When the item is lifted, what
 * secpold changed is put back, and refused interfaces get their drivers; RUNTIME_DIRECTORY/
 * usb-storage remembers it across a restart. What secpold closed stays closed when it ends.
 */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/uevent-monitor.h"

/* Borrows @event and @monitor, which have to outlive it; @monitor NULL: what is plugged in while
 * the item holds waits for the next pass, storage or not. */
Enforcer *usb_storage_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory);
