/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files read with a limit and written so that they survive a power cut. */
#pragma once

#include <glib.h>

/* The contents of a regular file, NUL-terminated beyond @ret_length. A file of more than @maximum
 * bytes, or one that is not regular (a FIFO would block the daemon), is an error of
 * G_FILE_ERROR, as is everything the system says; a missing file is G_FILE_ERROR_NOENT. A link that
 * leads nowhere is not that: somebody put it there, and what it leads to may come with a mount. */
gboolean file_read(const char *path, gsize maximum, char **ret_contents, gsize *ret_length,
                   GError **error);

/* Makes a new file (0600) with these contents and waits until they are on disk. The directory entry
 * is not: see directory_sync(). A partly written file is removed again. */
gboolean file_create(const char *path, const void *contents, gsize length, GError **error);

/* Replaces a file whole by way of PATH.new and rename, durably, entry included. */
gboolean file_replace(const char *path, const void *contents, gsize length, GError **error);

/* Makes @link a symbolic link to @target in place of the one it may be, durably. */
gboolean link_replace(const char *link, const char *target, GError **error);

gboolean directory_sync(const char *path, GError **error);

/* Sets @error to a G_FILE_ERROR for the errno value, with "PATH: WHAT: REASON". Returns FALSE. */
gboolean file_error_set(GError **error, const char *path, const char *what, int code);
