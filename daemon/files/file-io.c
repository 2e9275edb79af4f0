/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/files/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean file_error_set(GError **error, const char *path, const char *what, int code)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code), "%s: %s: %s", path, what,
                g_strerror(code));
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
        return file_error_set(error, path, "cannot look at it", errno);
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: not a regular file", path);
        return FALSE;
    }

    g_autofree char *contents = g_malloc(maximum + 2);
    gsize length;
    /* One byte more than allowed tells a file that is too long, even one that grows meanwhile. */
    if (!read_all(fd, contents, maximum + 1, &length))
        return file_error_set(error, path, "cannot read", errno);
    if (length > maximum) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                    "%s: larger than %" G_GSIZE_FORMAT " bytes", path, maximum);
        return FALSE;
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
        return file_error_set(error, path, "a link to a file that is not there", ENXIO);
    if (fd < 0)
        return file_error_set(error, path, "cannot open", errno);

    const gboolean good = read_regular(fd, path, maximum, ret_contents, ret_length, error);
    close(fd);
    return good;
}

static gboolean write_all(int fd, const char *contents, gsize length)
{
    while (length > 0) {
        const ssize_t n = write(fd, contents, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        contents += n;
        length -= (gsize)n;
    }
    return TRUE;
}

gboolean file_create(const char *path, const void *contents, gsize length, GError **error)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_error_set(error, path, "cannot create", errno);

    gboolean good = write_all(fd, contents, length) && fsync(fd) == 0;
    int code = errno;
    if (close(fd) < 0 && good) {
        good = FALSE;
        code = errno;
    }
    if (good)
        return TRUE;
    unlink(path);
    return file_error_set(error, path, "cannot write", code);
}

gboolean directory_sync(const char *path, GError **error)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return file_error_set(error, path, "cannot open", errno);

    const gboolean good = fsync(fd) == 0;
    const int code = errno;
    close(fd);
    return good || file_error_set(error, path, "cannot sync", code);
}

/* Renames @from to @to and waits until the directory says so on disk. */
static gboolean take_place(const char *from, const char *to, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(to);

    if (rename(from, to) < 0) {
        const int code = errno;
        unlink(from);
        return file_error_set(error, to, "cannot replace", code);
    }
    return directory_sync(directory, error);
}

gboolean file_replace(const char *path, const void *contents, gsize length, GError **error)
{
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);

    /* What a crash has left behind. */
    unlink(fresh);
    return file_create(fresh, contents, length, error) && take_place(fresh, path, error);
}

gboolean link_replace(const char *link, const char *target, GError **error)
{
    g_autofree char *fresh = g_strconcat(link, ".new", NULL);

    unlink(fresh);
    if (symlink(target, fresh) < 0)
        return file_error_set(error, fresh, "cannot create", errno);
    return take_place(fresh, link, error);
}
