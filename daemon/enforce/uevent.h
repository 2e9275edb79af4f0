/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One message of the kernel about a device: "ACTION@DEVPATH", then "KEY=VALUE" properties, each
 * ended by a NUL. Pure: hostile bytes are refused, not trusted. */
#pragma once

#include <glib.h>

/* Everything points into the message it was parsed from. */
typedef struct Uevent {
    const char *action;     /* "add", "change", "bind" ...; never NULL nor empty */
    const char *devpath;    /* below /sys, begins with "/" */
    const char *subsystem;  /* never NULL nor empty: the kernel sends none without */
    const char *devtype;    /* NULL where the device has none */
    const char *properties; /* what uevent_get() looks through */
    gsize length;           /* of @properties */
} Uevent;

/* FALSE for what is no whole message of the kernel: no header, a property without "=", the final
 * NUL or one of the first three members missing. udevd's own messages are refused too. */
gboolean uevent_parse(const char *message, gsize length, Uevent *ret);

/* The first property of that name, or NULL. */
const char *uevent_get(const Uevent *uevent, const char *key);
