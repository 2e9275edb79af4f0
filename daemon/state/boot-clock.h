/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time that nobody can set back: counted from boot, suspend included, and named by the boot. */
#pragma once

#include <glib.h>

/* CLOCK_BOOTTIME in microseconds. */
guint64 boot_clock_now(void);

/* The id of this boot, as in /proc/sys/kernel/random/boot_id without dashes. NULL with G_FILE_ERROR
 * where it cannot be read. Free with g_free(). */
char *boot_clock_id(GError **error);
