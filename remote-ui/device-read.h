/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks secpold for everything, once. */
#pragma once

#include <gio/gio.h>

#include "remote-ui/device-view.h"

/* secpold on the bus, and the interface of the device as a whole; see org.secpold1(5). */
#define SECPOLD_NAME    "org.secpold1"
#define SECPOLD_MANAGER SECPOLD_NAME ".Manager"

/* Calls @done in the main loop with a view, which is its to release, or else with an error. Where
 * @cancellable is cancelled before, @done is not called. Does not start secpold. */
void device_read(GDBusConnection *bus, GCancellable *cancellable,
                 void (*done)(DeviceView *view, GError *error, gpointer data), gpointer data);
