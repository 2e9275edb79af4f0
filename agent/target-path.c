/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/target-path.h"

#include <errno.h>
#include <sys/stat.h>

#include "daemon/files/file-io.h"

/* As the kernel has it. */
#define LINKS_MAX 40

/* A path that is being followed. */
typedef struct Walk {
    const char *path; /* as it was asked for */
    GString *done;    /* what is certain, without a slash at its end */
    char *left;       /* what follows, perhaps with slashes before it */
    guint links;
} Walk;

static void walk_clear(Walk *walk)
{
    g_string_free(walk->done, TRUE);
    g_free(walk->left);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static gboolean only_root_writes(const char *directory)
{
    struct stat status;
    return stat(directory, &status) == 0 && status.st_uid == 0 &&
           !(status.st_mode & (S_IWGRP | S_IWOTH));
}

/* Of the directory and all above it. */
static gboolean check_directories(const Walk *walk, const char *directory, GError **error)
{
    g_autofree char *at = g_strdup(*directory ? directory : "/");
    while (only_root_writes(at)) {
        if (g_str_equal(at, "/"))
            return TRUE;
        char *parent = g_path_get_dirname(at);
        g_free(at);
        at = parent;
    }
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                "%s: a link is on the way, and others than root can write to %s", walk->path, at);
    return FALSE;
}

/* The link stands in @walk->done under @name. */
static gboolean follow(Walk *walk, const char *name, GError **error)
{
    g_autofree char *link = g_strconcat(walk->done->str, "/", name, NULL);
    g_autofree char *target = g_file_read_link(link, NULL);
    if (!target || ++walk->links > LINKS_MAX)
        return file_error_set(error, walk->path, "cannot follow it", target ? ELOOP : errno);
    if (!check_directories(walk, walk->done->str, error))
        return FALSE;
    char *left = g_strconcat(target, "/", walk->left, NULL);
    g_free(walk->left);
    walk->left = left;
    if (*target == '/')
        g_string_truncate(walk->done, 0);
    return TRUE;
}

/* One name further. */
static gboolean step(Walk *walk, const char *name, GError **error)
{
    struct stat status;
    if (g_str_equal(name, "..")) {
        const char *slash = strrchr(walk->done->str, '/');
        g_string_truncate(walk->done, slash ? (gsize)(slash - walk->done->str) : 0);
        return TRUE;
    }
    g_autofree char *next = g_strconcat(walk->done->str, "/", name, NULL);
    if (lstat(next, &status) == 0 && S_ISLNK(status.st_mode))
        return follow(walk, name, error);
    g_string_assign(walk->done, next);
    return TRUE;
}

/* Takes the next name off; NULL at the end. */
static char *next_name(Walk *walk)
{
    const char *at = walk->left + strspn(walk->left, "/");
    const gsize length = strcspn(at, "/");
    char *name = length ? g_strndup(at, length) : NULL;
    char *left = g_strdup(at + length);
    g_free(walk->left);
    walk->left = left;
    return name;
}

char *target_path_resolve(const char *path, GError **error)
{
    g_auto(Walk) walk = {.path = path, .done = g_string_new(NULL), .left = g_strdup(path)};
    char *name;
    while ((name = next_name(&walk))) {
        const gboolean good = g_str_equal(name, ".") || step(&walk, name, error);
        g_free(name);
        if (!good)
            return NULL;
    }
    g_autofree char *directory = g_path_get_dirname(walk.done->str);
    if (walk.links && g_file_test(directory, G_FILE_TEST_IS_DIR) &&
        !check_directories(&walk, directory, error))
        return NULL;
    return g_strdup(walk.done->str);
}

static void find_missing(const char *directory, GStrvBuilder *missing)
{
    if (g_file_test(directory, G_FILE_TEST_IS_DIR))
        return;
    g_autofree char *parent = g_path_get_dirname(directory);
    find_missing(parent, missing);
    g_strv_builder_add(missing, directory);
}

GStrv target_path_missing_directories(const char *path)
{
    g_autoptr(GStrvBuilder) missing = g_strv_builder_new();
    g_autofree char *directory = g_path_get_dirname(path);
    find_missing(directory, missing);
    return g_strv_builder_end(missing);
}
