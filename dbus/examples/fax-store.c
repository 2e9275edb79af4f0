/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fax-store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static char *locked_path(const char *folder, const char *name)
{
    return g_strdup_printf("%s/%s.locked", folder, name);
}

gboolean fax_store_lock(const char *folder, const char *name, gboolean value, GError **error)
{
    g_autofree char *path = locked_path(folder, name);

    return g_file_set_contents_full(path, value ? "true\n" : "false\n", -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0644, error);
}

gboolean fax_store_unlock(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = locked_path(folder, name);

    if (g_unlink(path) == 0 || errno == ENOENT)
        return TRUE;
    const int problem = errno;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(problem), "Cannot remove %s: %s",
                path, g_strerror(problem));
    return FALSE;
}

gboolean fax_store_in_force(const char *folder, const char *name)
{
    g_autofree char *locked = locked_path(folder, name);
    g_autofree char *chosen = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(locked, &text, NULL, NULL) &&
        !g_file_get_contents(chosen, &text, NULL, NULL))
        return FALSE;
    return strcmp(g_strstrip(text), "true") == 0;
}
