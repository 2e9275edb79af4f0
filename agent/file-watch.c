/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/file-watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Everything after which a name may stand for something else, or for something else's contents.
 * Files that are written to are heard once, when they are closed. */
#define EVENTS                                                                                     \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB |            \
     IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* In place of a name, where all of a directory matter. */
#define ANY_NAME "*"

struct FileWatch {
    int fd;
    sd_event_source *source;
    GHashTable *directories; /* inotify's number: set of names that matter there */
    void (*on_event)(gpointer data);
    gpointer data;
};

static gboolean is_of_interest(const FileWatch *watch, const struct inotify_event *event)
{
    GHashTable *names = g_hash_table_lookup(watch->directories, GINT_TO_POINTER(event->wd));
    if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_Q_OVERFLOW))
        return TRUE;
    return names && event->len &&
           (g_hash_table_contains(names, event->name) || g_hash_table_contains(names, ANY_NAME));
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
    const FileWatch *watch = data;
    char buffer[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
    gboolean heard = FALSE;
    ssize_t length;

    while ((length = read(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            heard = heard || is_of_interest(watch, event);
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    if (heard)
        watch->on_event(watch->data);
    return 0;
}

FileWatch *file_watch_new(sd_event *event, void (*on_event)(gpointer data), gpointer data,
                          GError **error)
{
    g_autoptr(FileWatch) watch = g_new0(FileWatch, 1);
    watch->on_event = on_event;
    watch->data = data;
    watch->directories =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
    watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    const int r = watch->fd < 0 ? -errno
                                : sd_event_add_io(event, &watch->source, watch->fd, EPOLLIN,
                                                  on_readable, watch);
    if (r < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "Cannot watch files: %s",
                    g_strerror(-r));
        return NULL;
    }
    return g_steal_pointer(&watch);
}

void file_watch_free(FileWatch *watch)
{
    if (!watch)
        return;
    sd_event_source_disable_unref(watch->source);
    if (watch->fd >= 0)
        close(watch->fd);
    g_hash_table_unref(watch->directories);
    g_free(watch);
}

/* FALSE where the directory is not there. */
static gboolean watch_name(FileWatch *watch, GHashTable *seen, const char *directory,
                           const char *name)
{
    const int number = inotify_add_watch(watch->fd, directory, EVENTS);
    if (number < 0)
        return FALSE;
    GHashTable *names = g_hash_table_lookup(watch->directories, GINT_TO_POINTER(number));
    if (!names) {
        names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(watch->directories, GINT_TO_POINTER(number), names);
    }
    g_hash_table_add(names, g_strdup(name));
    g_hash_table_add(seen, GINT_TO_POINTER(number));
    return TRUE;
}

/* The file in its directory, what is in it where it is a directory itself, or, where that is not
 * there yet, what has to appear first. */
static void watch_path(FileWatch *watch, GHashTable *seen, const char *path)
{
    g_autofree char *at = g_strdup(path);
    /* Does nothing for what is none. */
    watch_name(watch, seen, path, ANY_NAME);
    while (!g_str_equal(at, "/")) {
        g_autofree char *directory = g_path_get_dirname(at);
        g_autofree char *name = g_path_get_basename(at);
        if (watch_name(watch, seen, directory, name))
            return;
        g_free(at);
        at = g_steal_pointer(&directory);
    }
}

void file_watch_set(FileWatch *watch, const GPtrArray *paths)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer number;

    for (guint i = 0; i < paths->len; i++)
        watch_path(watch, seen, g_ptr_array_index(paths, i));
    g_hash_table_iter_init(&iterator, watch->directories);
    while (g_hash_table_iter_next(&iterator, &number, NULL)) {
        if (g_hash_table_contains(seen, number))
            continue;
        inotify_rm_watch(watch->fd, GPOINTER_TO_INT(number));
        g_hash_table_iter_remove(&iterator);
    }
}
