/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/file-read.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean fail(GError **error, const char *path, int code, const char *what)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", path, what);
    return FALSE;
}

static gboolean read_all(int fd, char *buffer, gsize size, gsize *ret_length)
{
    gsize length = 0;

    while (length < size) {
        const ssize_t n = read(fd, buffer + length, size - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        if (n == 0)
            break;
        length += (gsize)n;
    }
    *ret_length = length;
    return TRUE;
}

static gboolean read_regular(int fd, const char *path, gsize maximum, char **ret_contents,
                             gsize *ret_length, GError **error)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return fail(error, path, errno, g_strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fail(error, path, EINVAL, "not a regular file");

    g_autofree char *contents = g_malloc(maximum + 2);
    gsize length;
    /* One byte more than allowed tells a file that is too long, even one that grows meanwhile. */
    if (!read_all(fd, contents, maximum + 1, &length))
        return fail(error, path, errno, g_strerror(errno));
    if (length > maximum) {
        g_autofree char *what = g_strdup_printf("larger than %" G_GSIZE_FORMAT " bytes", maximum);
        return fail(error, path, EFBIG, what);
    }
    contents[length] = '\0';
    *ret_contents = g_realloc(g_steal_pointer(&contents), length + 1);
    *ret_length = length;
    return TRUE;
}

gboolean file_read(const char *path, gsize maximum, char **ret_contents, gsize *ret_length,
                   GError **error)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT && g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return fail(error, path, ENXIO, "a link to a file that is not there");
    if (fd < 0)
        return fail(error, path, errno, g_strerror(errno));

    const gboolean good = read_regular(fd, path, maximum, ret_contents, ret_length, error);
    close(fd);
    return good;
}
