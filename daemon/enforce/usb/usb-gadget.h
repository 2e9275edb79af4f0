/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ProhibitUsbDevice: no gadget stays bound to a USB device controller (UDC), so that the device
 * appears on nobody's computer as a USB peripheral.
 *
 * What is bound is made to let go: gadgets of configfs by their attribute UDC, legacy drivers
 * (g_ether) by the gadget bus. Then the gadget bus is told not to bind drivers by itself (its
 * attribute drivers_autoprobe), which has the kernel refuse to bind a gadget (EBUSY) instead of
 * giving it to a computer for a moment; that stays so also while secpold does not run. Where the
 * device profile exempts a UDC the bus has to go on, and before Linux 6.0 there is none: there, as
 * everywhere else, what somebody binds all the same is noticed by the kernel's uevent and unbound
 * at once. What binds faster than is worth answering is answered at a bounded rate, and the item is
 * violated meanwhile.
 *
 * When the item is lifted the bus binds again, and what was taken off a UDC is put back on it
 * unless it is gone or bound, or the UDC is taken. One whose UDC is not there waits for it.
 * RUNTIME_DIRECTORY/usb-gadgets remembers that across restarts.
 */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/uevent-monitor.h"

#define USB_GADGET_RECORD "usb-gadgets"

/* How often somebody's binding is answered: so many times at once, and so many times a second. */
#define USB_GADGET_ANSWERS_AT_ONCE    20u
#define USB_GADGET_ANSWERS_PER_SECOND 10u

/* Borrows @event and @monitor, which have to outlive it; @monitor NULL: no uevents here. */
Enforcer *usb_gadget_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory);
