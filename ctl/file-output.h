/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* Makes a regular file hold these bytes, all or nothing, and waits until they are on disk: it is
 * written beside the old one and then takes its name, permissions and, where that is allowed, its
 * owner. A symbolic link is followed. "-" is standard output, where main() looks for errors.
 * G_FILE_ERROR otherwise. */
gboolean file_output(const char *path, const char *bytes, gsize length, GError **error);

/* The same for a file that is not there yet: G_FILE_ERROR_EXIST where anything is, a link included.
 * "-" is a name like any other. */
gboolean file_output_new(const char *path, const char *bytes, gsize length, GError **error);
