/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the kernel's USB drivers make block devices. Pure. */
#pragma once

#include <glib.h>

/* By the name of the driver ("ums-karma", as below /sys/bus/usb/drivers) or of its module
 * ("ums_karma", as in modules.alias). Hyphen and underscore are one, as for modprobe(8). */
gboolean usb_storage_driver_is(const char *name);

/* The module that a driver of these belongs to: "ums_karma" for "ums-karma", "microtek" for
 * "microtekX6". @driver is one that usb_storage_driver_is(). Free with g_free(). */
char *usb_storage_driver_module(const char *driver);
