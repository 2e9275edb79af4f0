/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For unit-*.c alone. */
#pragma once

#include <systemd/sd-bus.h>

#include "agent/unit-control.h"

#define SYSTEMD_SERVICE "org.freedesktop.systemd1"
#define SYSTEMD_OBJECT  "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD_SERVICE ".Manager"

struct UnitControl {
    sd_bus *bus;
};

/* Sets @error; returns FALSE. @from: NULL where the bus has not said more. */
gboolean unit_control_fail(GError **error, const char *subject, int r, const sd_bus_error *from);

/* The manager sends signals only while somebody wants them, on whatever connection. */
gboolean unit_control_subscribe(UnitControl *control, GError **error);
