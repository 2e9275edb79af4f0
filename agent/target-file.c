/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/target-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "agent/target-path.h"
#include "daemon/files/file-io.h"

#define NEW_FILE_MODE      0644
#define NEW_DIRECTORY_MODE 0755
#define FRESH_SUFFIX       ".secpold-new"
/* What the file systems of Linux allow for all names of a file (XATTR_LIST_MAX). */
#define XATTR_NAMES_MAX 65536
/* Files of a directory that its stamp tells of. */
#define STAMP_MAX_FILES 1024

gboolean target_file_read(const char *path, char **ret_text, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length;

    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return file_error_set(error, path, "has become a link", ELOOP);
    if (!file_read(path, TARGET_FILE_MAX_BYTES, &text, &length, &problem)) {
        if (!g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        *ret_text = NULL;
        return TRUE;
    }
    if (memchr(text, '\0', length)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: not a text file", path);
        return FALSE;
    }
    *ret_text = g_steal_pointer(&text);
    return TRUE;
}

/* A security label that the kernel sets itself may be refused; then it is the right one already. */
static gboolean copy_attributes(int from, int to, const char *path, GError **error)
{
    g_autofree char *names = g_malloc(XATTR_NAMES_MAX);
    const ssize_t length = flistxattr(from, names, XATTR_NAMES_MAX);

    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        g_autofree char *value = g_malloc(XATTR_NAMES_MAX);
        const ssize_t size = fgetxattr(from, names + at, value, XATTR_NAMES_MAX);
        if (size >= 0 && fsetxattr(to, names + at, value, (gsize)size, 0) < 0 && errno != ENOTSUP &&
            errno != EPERM)
            return file_error_set(error, path, "cannot copy its attributes", errno);
    }
    return TRUE;
}

/* Owner and mode before the contents are to be seen under the file's own name. By descriptors: in a
 * directory that is not root's, a name may stand for another file at any moment. */
static gboolean dress(const char *path, int old, int fresh, GError **error)
{
    struct stat status;
    if (old < 0)
        return fchmod(fresh, NEW_FILE_MODE) == 0 ||
               file_error_set(error, path, "cannot set its mode", errno);
    if (fstat(old, &status) < 0 || fchown(fresh, status.st_uid, status.st_gid) < 0)
        return file_error_set(error, path, "cannot set its owner", errno);
    if (!copy_attributes(old, fresh, path, error))
        return FALSE;
    return fchmod(fresh, status.st_mode & 07777) == 0 ||
           file_error_set(error, path, "cannot set its mode", errno);
}

static gboolean write_all(int fd, const char *text, const char *path, GError **error)
{
    gsize left = strlen(text);
    while (left > 0) {
        const ssize_t n = write(fd, text, left);
        if (n < 0 && errno != EINTR)
            return file_error_set(error, path, "cannot write", errno);
        text += MAX(n, 0);
        left -= (gsize)MAX(n, 0);
    }
    return fsync(fd) == 0 || file_error_set(error, path, "cannot write", errno);
}

static char *describe(const struct stat *status)
{
    return g_strdup_printf("%" PRIu64 ":%" PRIu64 ":%" PRIi64 ":%ld.%09ld", (guint64)status->st_dev,
                           (guint64)status->st_ino, (gint64)status->st_size,
                           (long)status->st_mtim.tv_sec, status->st_mtim.tv_nsec);
}

static gboolean fill(const char *path, const char *text, int fd, char **ret_stamp, GError **error)
{
    struct stat status;
    const int old = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (old < 0 && errno != ENOENT)
        return file_error_set(error, path, "cannot open", errno);
    const gboolean good = write_all(fd, text, path, error) && dress(path, old, fd, error);
    if (old >= 0)
        close(old);
    if (!good)
        return FALSE;
    if (fstat(fd, &status) < 0)
        return file_error_set(error, path, "cannot look at it", errno);
    *ret_stamp = describe(&status);
    return TRUE;
}

/* Between this look and what follows is the moment in which somebody's edit is lost: as short as
 * can be. */
static gboolean is_as_expected(const char *path, const char *expected, GError **error)
{
    g_autofree char *stamp = target_file_stamp(path);
    if (g_str_equal(stamp, expected))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s: changes all the time", path);
    return FALSE;
}

static gboolean take_place(const char *fresh, const char *path, const char *expected,
                           GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    if (!is_as_expected(path, expected, error))
        return FALSE;
    if (rename(fresh, path) < 0)
        return file_error_set(error, path, "cannot replace", errno);
    return directory_sync(directory, error);
}

static gboolean make_directories(const char *path, GError **error)
{
    g_auto(GStrv) missing = target_path_missing_directories(path);
    for (char **directory = missing; *directory; directory++) {
        if (mkdir(*directory, NEW_DIRECTORY_MODE) < 0)
            return file_error_set(error, *directory, "cannot make the directory", errno);
        /* Whatever the umask is. */
        if (chmod(*directory, NEW_DIRECTORY_MODE) < 0)
            return file_error_set(error, *directory, "cannot set its mode", errno);
        g_autofree char *parent = g_path_get_dirname(*directory);
        if (!directory_sync(parent, error))
            return FALSE;
    }
    return TRUE;
}

gboolean target_file_write(const char *path, const char *text, const char *expected,
                           char **ret_stamp, GError **error)
{
    g_autofree char *fresh = g_strconcat(path, FRESH_SUFFIX, NULL);
    g_autofree char *stamp = NULL;

    if (!make_directories(path, error))
        return FALSE;
    unlink(fresh);
    const int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_error_set(error, fresh, "cannot create", errno);
    const gboolean filled = fill(path, text, fd, &stamp, error);
    close(fd);
    if (!filled || !take_place(fresh, path, expected, error)) {
        unlink(fresh);
        return FALSE;
    }
    *ret_stamp = g_steal_pointer(&stamp);
    return TRUE;
}

gboolean target_file_remove(const char *path, const char *expected, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    if (!is_as_expected(path, expected, error))
        return FALSE;
    if (unlink(path) < 0)
        return errno == ENOENT || file_error_set(error, path, "cannot remove", errno);
    return directory_sync(directory, error);
}

void target_file_clean(const char *path)
{
    g_autofree char *fresh = g_strconcat(path, FRESH_SUFFIX, NULL);
    unlink(fresh);
}

/* One number for all that is in it: which name comes first is chance. */
static char *describe_directory(const char *path)
{
    guint64 sum = 0;
    const char *name;
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    for (guint n = 0;
         directory && n < STAMP_MAX_FILES && (name = g_dir_read_name(directory)) != NULL; n++) {
        struct stat status;
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_str_has_suffix(name, FRESH_SUFFIX) || stat(file, &status) < 0)
            continue;
        g_autofree char *stamp = describe(&status);
        g_autofree char *line = g_strconcat(name, ":", stamp, NULL);
        sum += (guint64)g_str_hash(line) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    }
    return g_strdup_printf("%" PRIx64, sum);
}

char *target_file_stamp(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return g_strdup("none");
    return S_ISDIR(status.st_mode) ? describe_directory(path) : describe(&status);
}
