/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/record-file.h"

#include "daemon/files/file-io.h"

GVariant *record_file_load(const char *file, const char *type, gsize max_bytes, const char *advice,
                           GError **error)
{
    g_autofree char *contents = NULL;
    gsize length;
    if (!file_read(file, max_bytes, &contents, &length, error))
        return NULL;

    g_autoptr(GBytes) bytes = g_bytes_new(contents, length);
    g_autoptr(GVariant) value =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), bytes, FALSE));
    if (g_variant_is_normal_form(value))
        return g_steal_pointer(&value);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: damaged; %s", file, advice);
    return NULL;
}

gboolean record_file_save(const char *file, GVariant *value, GError **error)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
    return file_replace(file, g_variant_get_data(sunk), g_variant_get_size(sunk), error);
}
