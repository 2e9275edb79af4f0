/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of others: read, replaced and removed as they would want it. Paths are such as
 * target_path_resolve() gives: a link in place of the file is an error. */
#pragma once

#include <glib.h>

/* Larger files are not edited. */
#define TARGET_FILE_MAX_BYTES (1U << 20)

/* @ret_text is NULL where there is no such file. An error where it is no regular file, is too
 * large, or holds NUL bytes. */
gboolean target_file_read(const char *path, char **ret_text, GError **error);

/* Replaces the file by one of the same owner, mode, lists of access and extended attributes,
 * durably: whoever reads sees the old or the new text. Other names of the file (hard links) keep
 * the old one. A new file is for everyone to read; directories that are missing are made.
 * @expected: its stamp from before it was read; G_FILE_ERROR_AGAIN where it is another file now.
 * @ret_stamp: of what was written, whatever others make of it right away. */
gboolean target_file_write(const char *path, const char *text, const char *expected,
                           char **ret_stamp, GError **error);

/* Likewise with @expected, and durable as well. No file is no error. */
gboolean target_file_remove(const char *path, const char *expected, GError **error);

/* Takes away what an interrupted target_file_write() has left behind. */
void target_file_clean(const char *path);

/* Which file it is and how it was last written, for comparing; another text where it changed. Of a
 * directory also which files are there and how those were last written. Free with g_free(). */
char *target_file_stamp(const char *path);
