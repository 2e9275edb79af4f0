/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes and directories of sysfs and configfs, whose files come and go with the hardware: that
 * one is gone between two steps is ordinary, and told apart from a refusal. */
#pragma once

#include <glib.h>

/* What an attribute says, without white space at its ends; at most 4 KiB, up to the first NUL. NULL
 * where it is gone or cannot be read. */
char *sysfs_read(const char *path);

/* Hands @value to the attribute in one write(2), which is what an attribute acts on. Errors:
 * SYSFS_ERROR, the code being errno. An empty @value never reaches the attribute: write "\n". */
gboolean sysfs_write(const char *path, const char *value, GError **error);

/* Whether an error of sysfs_write() means that what was to be changed is not there any more. */
gboolean sysfs_error_is_gone(const GError *error);

/* More than any machine has of one kind. */
#define SYSFS_LIST_MAX 4096

/* The names in a directory, sorted; empty where it is gone. Of more than SYSFS_LIST_MAX, some are
 * left out. Never NULL; free with g_strfreev(). */
GStrv sysfs_list(const char *directory);

/* The same; sets @cut to TRUE where some are left out, and leaves it alone otherwise. */
GStrv sysfs_list_noting(const char *directory, gboolean *cut);

/* The last part of what a link points to, as of "driver" and "subsystem"; NULL where there is no
 * such link. */
char *sysfs_link_name(const char *path);

/* Where the device behind a link or directory really is, from below /sys on: "/devices/..." for
 * "/sys/class/udc/NAME". NULL where it is gone. */
char *sysfs_device_path(const char *path);

#define SYSFS_ERROR (sysfs_error_quark())
GQuark sysfs_error_quark(void);
