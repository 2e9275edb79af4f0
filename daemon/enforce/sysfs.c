/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's limit for an attribute is one page. */
#define ATTRIBUTE_MAX_BYTES 4096

/* O_NONBLOCK, as the path may have become something else than an attribute. */
#define OPEN_FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

#define SYSFS_MOUNT_POINT "/sys"

G_DEFINE_QUARK(secpold_sysfs_error, sysfs_error)

char *sysfs_read(const char *path)
{
    char text[ATTRIBUTE_MAX_BYTES + 1];
    gsize length = 0;

    const int fd = open(path, O_RDONLY | OPEN_FLAGS);
    if (fd < 0)
        return NULL;
    ssize_t n;
    do {
        n = read(fd, text + length, ATTRIBUTE_MAX_BYTES - length);
        if (n > 0)
            length += (gsize)n;
    } while (n > 0 || (n < 0 && errno == EINTR));
    close(fd);
    if (n < 0)
        return NULL;
    text[length] = '\0';
    return g_strdup(g_strstrip(text));
}

static gboolean fail(GError **error, const char *path, const char *what, int code)
{
    g_set_error(error, SYSFS_ERROR, code, "%s: %s: %s", path, what, g_strerror(code));
    return FALSE;
}

gboolean sysfs_write(const char *path, const char *value, GError **error)
{
    const gsize length = strlen(value);

    const int fd = open(path, O_WRONLY | OPEN_FLAGS);
    if (fd < 0)
        return fail(error, path, "cannot open", errno);
    ssize_t n;
    do {
        n = write(fd, value, length);
    } while (n < 0 && errno == EINTR);
    const int code = n < 0 ? errno : EIO;
    close(fd);
    return n == (ssize_t)length || fail(error, path, "cannot write", code);
}

gboolean sysfs_error_is_gone(const GError *error)
{
    return g_error_matches(error, SYSFS_ERROR, ENOENT) ||
           g_error_matches(error, SYSFS_ERROR, ENODEV) ||
           g_error_matches(error, SYSFS_ERROR, ENXIO);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GStrv sysfs_list(const char *directory)
{
    gboolean cut = FALSE;

    return sysfs_list_noting(directory, &cut);
}

GStrv sysfs_list_noting(const char *directory, gboolean *cut)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GDir *dir = g_dir_open(directory, 0, NULL);

    if (dir) {
        const char *name;
        while ((name = g_dir_read_name(dir)) && names->len < SYSFS_LIST_MAX)
            g_ptr_array_add(names, g_strdup(name));
        *cut = *cut || name;
        g_dir_close(dir);
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char *sysfs_link_name(const char *path)
{
    g_autofree char *target = g_file_read_link(path, NULL);
    return target ? g_path_get_basename(target) : NULL;
}

char *sysfs_device_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (!real)
        return NULL;
    const char *below =
        g_str_has_prefix(real, SYSFS_MOUNT_POINT "/") ? real + strlen(SYSFS_MOUNT_POINT) : real;
    char *copy = g_strdup(below);
    free(real);
    return copy;
}
