/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Where it is written what ought to be mounted and what is. */
typedef struct MountTables {
    const char *fstab;                   /* in the form of fstab(5); need not exist */
    const char *mounted;                 /* in the form of /proc/self/mountinfo */
    const char *const *unit_directories; /* of systemd's mount units; NULL-terminated */
} MountTables;

/* The machine's own. */
extern const MountTables mount_tables_system;

/*
 * Whether every file system that ought to be mounted at @directory or above it is. An empty
 * directory below a mount point whose mount has failed looks like a store nothing was imported
 * into; taking it for that would lift the policy. FALSE, naming the mount point, with MOUNT_ERROR.
 */
gboolean mount_check(const MountTables *tables, const char *directory, GError **error);

#define MOUNT_ERROR (mount_error_quark())
GQuark mount_error_quark(void);
typedef enum MountError {
    MOUNT_ERROR_NOT_MOUNTED,
} MountError;
