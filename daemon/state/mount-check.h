/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/*
 * Whether every file system that ought to be mounted at @directory or above it is. An empty
 * directory below a mount point whose mount has failed looks like a store nothing was imported
 * into; taking it for that would lift the policy. Asked are /etc/fstab and systemd's mount units,
 * and what is mounted by /proc/self/mounts. FALSE, naming the mount point, with MOUNT_ERROR.
 */
gboolean mount_check(const char *directory, GError **error);

#define MOUNT_ERROR (mount_error_quark())
GQuark mount_error_quark(void);
typedef enum MountError {
    MOUNT_ERROR_NOT_MOUNTED,
} MountError;
