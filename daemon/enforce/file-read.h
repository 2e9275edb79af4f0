/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* The contents of a regular file, NUL-terminated beyond @ret_length. A file of more than @maximum
 * bytes, or one that is not regular (a FIFO would block the daemon), is an error of
 * G_FILE_ERROR, as is everything the system says; a missing file is G_FILE_ERROR_NOENT. A link that
 * leads nowhere is not that: somebody put it there, and what it leads to may come with a mount. */
gboolean file_read(const char *path, gsize maximum, char **ret_contents, gsize *ret_length,
                   GError **error);
