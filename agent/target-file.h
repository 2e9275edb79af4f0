/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of others: read, replaced and removed as they would want it. */
#pragma once

#include <glib.h>

/* Larger files are not edited. */
#define TARGET_FILE_MAX_BYTES (1U << 20)

/* The file that @path leads to, links followed; @path itself where there is none yet. An error
 * where a link leads through a directory that others than root can write to: somebody could let it
 * lead elsewhere meanwhile. Free with g_free(). */
char *target_file_resolve(const char *path, GError **error);

/* @ret_text is NULL where there is no such file. An error where it is no regular file, is too
 * large, or holds NUL bytes. */
gboolean target_file_read(const char *path, char **ret_text, GError **error);

/* Replaces the file by one of the same owner, mode and extended attributes, durably: whoever reads
 * sees the old or the new text. A new file is for everyone to read. Directories that are missing
 * are made; those above come first in @ret_made. */
gboolean target_file_write(const char *path, const char *text, GStrv *ret_made, GError **error);

/* No file is no error. */
gboolean target_file_remove(const char *path, GError **error);

/* Which file it is and how it was last written, for comparing; another text where it changed. Free
 * with g_free(). */
char *target_file_stamp(const char *path);
