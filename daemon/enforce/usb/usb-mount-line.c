/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "daemon/enforce/usb/usb-mounts.h"

void mount_line_clear(MountLine *line)
{
    g_clear_pointer(&line->point, g_free);
    g_clear_pointer(&line->source, g_free);
    g_clear_pointer(&line->options, g_free);
}

static gboolean parse_device_number(const char *text, MountLine *line)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    guint64 major, minor;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXUINT, &major, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT, &minor, NULL))
        return FALSE;
    line->major = (guint)major;
    line->minor = (guint)minor;
    return TRUE;
}

/* Blank, tab, newline and backslash stand there as three octal digits, which is what
 * g_strcompress() understands. */
gboolean usb_mounts_parse_line(const char *text, MountLine *ret)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", -1);
    const guint n_fields = g_strv_length(fields);
    guint separator = 6;
    MountLine line = {0};

    while (separator < n_fields && !g_str_equal(fields[separator], "-"))
        separator++;
    if (separator + 2 >= n_fields || !parse_device_number(fields[2], &line))
        return FALSE;
    line.point = g_strcompress(fields[4]);
    line.source = g_strcompress(fields[separator + 2]);
    line.options = g_strcompress(separator + 3 < n_fields ? fields[separator + 3] : "");
    *ret = line;
    return TRUE;
}

static void add_directories(GPtrArray *directories, const char *list)
{
    g_auto(GStrv) parts = g_strsplit(list, ":", -1);

    for (guint i = 0; parts[i]; i++)
        if (*parts[i] == '/')
            g_ptr_array_add(directories, g_strdup(parts[i]));
}

GPtrArray *usb_mounts_overlay_directories(const char *options)
{
    static const char *const keys[] = {"lowerdir=", "lowerdir+=", "upperdir="};
    GPtrArray *directories = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = g_strsplit(options, ",", -1);

    for (guint i = 0; parts[i]; i++)
        for (gsize j = 0; j < G_N_ELEMENTS(keys); j++)
            if (g_str_has_prefix(parts[i], keys[j]))
                add_directories(directories, parts[i] + strlen(keys[j]));
    return directories;
}

gboolean usb_mounts_is_below(const char *path, const char *point)
{
    const gsize length = strlen(point);

    if (g_str_equal(point, "/"))
        return *path == '/';
    return strncmp(path, point, length) == 0 && (path[length] == '\0' || path[length] == '/');
}
