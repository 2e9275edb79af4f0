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

static struct stat status_of_new_files(void)
{
    struct stat status = {.st_mode = S_IFREG | mode_of_new_files()};
    status.st_uid = geteuid();
    status.st_gid = getegid();
    return status;
}

/* What the file is now, or shall be. FALSE with a reason where it cannot be replaced. */
static gboolean look_at(const char *path, struct stat *ret_status, GError **error)
{
    struct stat status = status_of_new_files();
    if (stat(path, &status) < 0 && errno != ENOENT) {
        return file_error_set(error, path, "cannot look at it", errno);
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s is not a regular file, and nothing else is replaced; name another with -o, "
                    "where - is standard output",
                    path);
        return FALSE;
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

/* A file beside @path with these contents, on disk; its name, which is to be freed with g_free().
 */
static char *create_beside(const char *path, const char *bytes, gsize length,
                           const struct stat *status, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *fresh = g_strdup_printf("%s/.%s.XXXXXX", folder, name);
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0) {
        file_error_set(error, path, "cannot write", errno);
        return NULL;
    }
    gboolean good = fill(fd, bytes, length, status);
    int code = errno;
    close(fd);
    if (!good) {
        unlink(fresh);
        file_error_set(error, path, "cannot write", code);
        return NULL;
    }
    return g_steal_pointer(&fresh);
}

static gboolean sync_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return directory_sync(folder, error);
}

static gboolean replace(const char *path, const char *bytes, gsize length, GError **error)
{
    struct stat status = {};
    if (!look_at(path, &status, error)) {
        return FALSE;
    }
    g_autofree char *fresh = create_beside(path, bytes, length, &status, error);
    if (!fresh) {
        return FALSE;
    }
    if (rename(fresh, path) < 0) {
        int code = errno;
        unlink(fresh);
        return file_error_set(error, path, "cannot replace", code);
    }
    return sync_folder(path, error);
}

/* Not every filesystem can rename without replacing; errno is set where it fails. */
static gboolean take_free_name(const char *fresh, const char *path)
{
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, path, RENAME_NOREPLACE) == 0) {
        return TRUE;
    }
    return errno == EINVAL && link(fresh, path) == 0 && unlink(fresh) == 0;
}

gboolean file_output_new(const char *path, const char *bytes, gsize length, GError **error)
{
    struct stat status = status_of_new_files();
    g_autofree char *fresh = create_beside(path, bytes, length, &status, error);
    if (!fresh) {
        return FALSE;
    }
    if (take_free_name(fresh, path)) {
        return sync_folder(path, error);
    }
    int code = errno;
    unlink(fresh);
    return file_error_set(error, path, "cannot write", code);
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
