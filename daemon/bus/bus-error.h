/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What errors are called on the bus. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#define BUS_ERROR_INVALID_POLICY "org.secpold1.Error.InvalidPolicy"

/* Fills @ret from @error by one table of domains and codes; what the table does not know becomes
 * org.freedesktop.DBus.Error.Failed. Returns what a method handler has to return. */
int bus_error_set(sd_bus_error *ret, const GError *error);
