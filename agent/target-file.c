/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/target-file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemon/files/file-io.h"

#define NEW_FILE_MODE      0644
#define NEW_DIRECTORY_MODE 0755
/* What the file systems of Linux allow for all names of a file (XATTR_LIST_MAX). */
#define XATTR_NAMES_MAX 65536

static gboolean only_root_writes(const char *directory)
{
    struct stat status;
    return stat(directory, &status) == 0 && status.st_uid == 0 &&
           !(status.st_mode & (S_IWGRP | S_IWOTH));
}

static gboolean check_directories(const char *path, const char *real, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(real);
    while (only_root_writes(directory)) {
        if (g_str_equal(directory, "/"))
            return TRUE;
        char *parent = g_path_get_dirname(directory);
        g_free(directory);
        directory = parent;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                "%s: leads to %s, and others than root can write to %s", path, real, directory);
    return FALSE;
}

char *target_file_resolve(const char *path, GError **error)
{
    char *found = realpath(path, NULL);
    if (!found && errno == ENOENT && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        return g_strdup(path);
    if (!found) {
        file_error_set(error, path, "cannot follow it", errno);
        return NULL;
    }
    g_autofree char *real = g_strdup(found);
    free(found);
    if (!g_str_equal(real, path) && !check_directories(path, real, error))
        return NULL;
    return g_steal_pointer(&real);
}

gboolean target_file_read(const char *path, char **ret_text, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length;

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
static gboolean copy_attributes(const char *from, const char *to, GError **error)
{
    g_autofree char *names = g_malloc(XATTR_NAMES_MAX);
    const ssize_t length = listxattr(from, names, XATTR_NAMES_MAX);

    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        g_autofree char *value = g_malloc(XATTR_NAMES_MAX);
        const ssize_t size = getxattr(from, names + at, value, XATTR_NAMES_MAX);
        if (size >= 0 && setxattr(to, names + at, value, (gsize)size, 0) < 0 && errno != ENOTSUP &&
            errno != EPERM)
            return file_error_set(error, to, "cannot copy its attributes", errno);
    }
    return TRUE;
}

/* Owner and mode before the contents are to be seen under the file's own name. */
static gboolean dress(const char *path, const char *fresh, GError **error)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return chmod(fresh, NEW_FILE_MODE) == 0 ||
               file_error_set(error, fresh, "cannot set its mode", errno);
    if (chown(fresh, status.st_uid, status.st_gid) < 0)
        return file_error_set(error, fresh, "cannot set its owner", errno);
    if (!copy_attributes(path, fresh, error))
        return FALSE;
    return chmod(fresh, status.st_mode & 07777) == 0 ||
           file_error_set(error, fresh, "cannot set its mode", errno);
}

static gboolean make_directories(const char *path, GStrvBuilder *made, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(path);
    if (g_file_test(parent, G_FILE_TEST_IS_DIR))
        return TRUE;
    if (!make_directories(parent, made, error))
        return FALSE;
    if (mkdir(parent, NEW_DIRECTORY_MODE) < 0)
        return file_error_set(error, parent, "cannot make the directory", errno);
    /* Whatever the umask is. */
    if (chmod(parent, NEW_DIRECTORY_MODE) < 0)
        return file_error_set(error, parent, "cannot set its mode", errno);
    g_strv_builder_add(made, parent);
    return TRUE;
}

static gboolean take_place(const char *fresh, const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    if (rename(fresh, path) < 0)
        return file_error_set(error, path, "cannot replace", errno);
    return directory_sync(directory, error);
}

gboolean target_file_write(const char *path, const char *text, GStrv *ret_made, GError **error)
{
    g_autoptr(GStrvBuilder) made = g_strv_builder_new();
    g_autofree char *fresh = g_strconcat(path, ".secpold-new", NULL);

    if (!make_directories(path, made, error))
        return FALSE;
    /* What a crash has left behind. */
    unlink(fresh);
    if (!file_create(fresh, text, strlen(text), error))
        return FALSE;
    if (!dress(path, fresh, error) || !take_place(fresh, path, error)) {
        unlink(fresh);
        return FALSE;
    }
    *ret_made = g_strv_builder_end(made);
    return TRUE;
}

gboolean target_file_remove(const char *path, GError **error)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return file_error_set(error, path, "cannot remove", errno);
    return TRUE;
}

char *target_file_stamp(const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0)
        return g_strdup("none");
    return g_strdup_printf("%" PRIu64 ":%" PRIu64 ":%" PRIi64 ":%ld.%09ld", (guint64)status.st_dev,
                           (guint64)status.st_ino, (gint64)status.st_size,
                           (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}
