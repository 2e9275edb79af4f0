/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/file-output.h"

#include "daemon/files/file-io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t mode_of_new_files(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* What the file is now, or shall be. FALSE with a reason where it cannot be replaced. */
static gboolean look_at(const char *path, struct stat *ret_status, GError **error)
{
    struct stat status = {.st_mode = S_IFREG | mode_of_new_files()};
    status.st_uid = geteuid();
    status.st_gid = getegid();
    if (stat(path, &status) < 0 && errno != ENOENT) {
        return file_error_set(error, path, "cannot look at it", errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return file_error_set(error, path, "cannot replace what is not a regular file", EINVAL);
    }
    *ret_status = status;
    return TRUE;
}

static gboolean write_all(int fd, const char *bytes, gsize length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno != EINTR) {
            return FALSE;
        }
        if (n > 0) {
            bytes += n;
            length -= (gsize)n;
        }
    }
    return TRUE;
}

static gboolean fill(int fd, const char *bytes, gsize length, const struct stat *status)
{
    /* Of a file of somebody else's only root can make another one. */
    if (status->st_uid != geteuid() || status->st_gid != getegid()) {
        if (fchown(fd, status->st_uid, status->st_gid) < 0 && errno != EPERM) {
            return FALSE;
        }
    }
    return fchmod(fd, status->st_mode & 0777) == 0 && write_all(fd, bytes, length) &&
           fsync(fd) == 0;
}

/* @fresh: a template for mkostemp(), the file's name afterwards. */
static gboolean create(char *fresh, const char *bytes, gsize length, const struct stat *status,
                       GError **error)
{
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0) {
        return file_error_set(error, fresh, "cannot create", errno);
    }
    gboolean good = fill(fd, bytes, length, status);
    int code = errno;
    close(fd);
    if (!good) {
        unlink(fresh);
        return file_error_set(error, fresh, "cannot write", code);
    }
    return TRUE;
}

static gboolean replace(const char *path, const char *bytes, gsize length, GError **error)
{
    struct stat status = {};
    if (!look_at(path, &status, error)) {
        return FALSE;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *fresh = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
    if (!create(fresh, bytes, length, &status, error)) {
        return FALSE;
    }
    if (rename(fresh, path) < 0) {
        int code = errno;
        unlink(fresh);
        return file_error_set(error, path, "cannot replace", code);
    }
    return directory_sync(folder, error);
}

gboolean file_output(const char *path, const char *bytes, gsize length, GError **error)
{
    if (strcmp(path, "-") == 0) {
        fwrite(bytes, 1, length, stdout);
        return TRUE;
    }
    g_autofree char *target = g_malloc(PATH_MAX);
    if (realpath(path, target)) {
        return replace(target, bytes, length, error);
    }
    return replace(path, bytes, length, error);
}
