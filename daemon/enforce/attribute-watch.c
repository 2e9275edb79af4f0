/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/attribute-watch.h"

#include <sys/inotify.h>
#include <unistd.h>

/* Whoever writes all the time gets a bounded share of a processor. */
#define WAKES_PER_INTERVAL 32u
#define INTERVAL_USEC      (100 * G_TIME_SPAN_MILLISECOND)

struct AttributeWatch {
    int fd; /* -1: there is no inotify */
    sd_event_source *source;
    AttributeWritten written;
    gpointer data;
    GHashTable *descriptors; /* the watch descriptors in use, as pointers */
};

static int on_events(sd_event_source *source, int fd, uint32_t events, void *data)
{
    const AttributeWatch *watch = data;
    union {
        struct inotify_event event;
        char bytes[4096];
    } buffer;
    gboolean written = FALSE;
    ssize_t n;

    while ((n = read(fd, &buffer, sizeof(buffer))) > 0)
        for (const char *at = buffer.bytes; at < buffer.bytes + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(gconstpointer)at;
            written |= (event->mask & (IN_MODIFY | IN_Q_OVERFLOW)) != 0;
            at += sizeof(*event) + event->len;
        }
    if (written)
        watch->written(watch->data);
    return 0;
}

static void attach(AttributeWatch *watch, sd_event *event)
{
    if (sd_event_add_io(event, &watch->source, watch->fd, EPOLLIN, on_events, watch) < 0)
        return;
    (void)sd_event_source_set_priority(watch->source, SD_EVENT_PRIORITY_IMPORTANT);
    (void)sd_event_source_set_ratelimit(watch->source, INTERVAL_USEC, WAKES_PER_INTERVAL);
}

AttributeWatch *attribute_watch_new(sd_event *event, AttributeWritten written, gpointer data)
{
    AttributeWatch *watch = g_new0(AttributeWatch, 1);

    watch->written = written;
    watch->data = data;
    watch->descriptors = g_hash_table_new(NULL, NULL);
    watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch->fd >= 0)
        attach(watch, event);
    return watch;
}

void attribute_watch_free(AttributeWatch *watch)
{
    if (!watch)
        return;
    sd_event_source_disable_unref(watch->source);
    if (watch->fd >= 0)
        close(watch->fd);
    g_hash_table_unref(watch->descriptors);
    g_free(watch);
}

/* What is watched already keeps its descriptor; a new thing of the same name gets another. */
void attribute_watch_set(AttributeWatch *watch, const char *const *paths)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    GHashTableIter iterator;
    gpointer descriptor;

    for (guint i = 0; watch->fd >= 0 && paths[i] && i < ATTRIBUTE_WATCH_MAX; i++) {
        const int added = inotify_add_watch(watch->fd, paths[i], IN_MODIFY);
        if (added >= 0)
            g_hash_table_add(wanted, GINT_TO_POINTER(added));
    }
    g_hash_table_iter_init(&iterator, watch->descriptors);
    while (g_hash_table_iter_next(&iterator, &descriptor, NULL))
        if (!g_hash_table_contains(wanted, descriptor))
            inotify_rm_watch(watch->fd, GPOINTER_TO_INT(descriptor));
    g_hash_table_unref(watch->descriptors);
    watch->descriptors = g_steal_pointer(&wanted);
}
