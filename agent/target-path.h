/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the path that a binding names really leads. */
#pragma once

#include <glib.h>

/* The file that @path leads to, all links followed; for one that is not there yet, where it would
 * be. An error where a link stands in, or leads to, a directory that others than root can write to:
 * somebody could let it lead elsewhere meanwhile. Free with g_free(). */
char *target_path_resolve(const char *path, GError **error);

/* Directories that have to be made before the file can be, those above first. Free with
 * g_strfreev(). */
GStrv target_path_missing_directories(const char *path);
