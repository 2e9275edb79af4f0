/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file in which the agent keeps what it has to know after a restart: one value of GVariant. */
#pragma once

#include <glib.h>

/* G_FILE_ERROR_NOENT where the file is not there, and G_FILE_ERROR_INVAL where it holds nothing of
 * @type; what is to be done about that is @advice, which the message ends with. Free with
 * g_variant_unref(). */
GVariant *record_file_load(const char *file, const char *type, gsize max_bytes, const char *advice,
                           GError **error);

/* Takes @value over where it is floating. Durable when it returns TRUE. */
gboolean record_file_save(const char *file, GVariant *value, GError **error);
