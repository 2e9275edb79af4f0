/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* The mounts a process sees, as proc(5) describes /proc/PID/mountinfo. */
typedef struct MountTable MountTable;

/* Lines that are no mounts are skipped; a file that cannot be read is an empty table. */
MountTable *mount_table_read(const char *path);
void mount_table_free(MountTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MountTable, mount_table_free)

/*
 * Whether something is mounted at @point (canonical), of all mounts there the uppermost, that is
 * not just the same directory once more: a service that may write to one directory of a file system
 * it otherwise sees read-only finds that directory bound onto itself.
 */
gboolean mount_table_has(const MountTable *table, const char *point);
