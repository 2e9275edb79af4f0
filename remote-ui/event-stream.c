/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/event-stream.h"

struct EventStream {
    GIOStream *connection;
    GSocket *socket;
    void (*closed)(EventStream *stream, gpointer data);
    gpointer data;
    GQueue waiting;       /* of GBytes */
    gsize offset;         /* how much of the first was sent */
    gsize n_waiting;      /* bytes */
    gint64 progress_usec; /* when something was sent, or nothing waited; monotonic */
    GSource *readable;
    GSource *writable; /* NULL while nothing waits */
    GSource *ending;   /* has @closed called */
};

static gboolean on_ending(gpointer data)
{
    EventStream *stream = data;
    stream->closed(stream, stream->data);
    return G_SOURCE_REMOVE;
}

static void clear_source(GSource **source)
{
    if (*source)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

/* Not at once: the caller may be going through all streams. */
static void end(EventStream *stream)
{
    if (stream->ending)
        return;
    clear_source(&stream->readable);
    clear_source(&stream->writable);
    stream->ending = g_idle_source_new();
    g_source_set_callback(stream->ending, on_ending, stream, NULL);
    g_source_attach(stream->ending, NULL);
}

static gboolean on_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    EventStream *stream = data;
    char ignored[512];
    g_autoptr(GError) error = NULL;
    const gssize n = g_socket_receive(socket, ignored, sizeof ignored, NULL, &error);
    if (n > 0 || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
    end(stream);
    return G_SOURCE_REMOVE;
}

/* Whether the kernel took all of what was first in the queue. */
static gboolean send_first(EventStream *stream, GError **error)
{
    gsize size;
    const char *bytes = g_bytes_get_data(stream->waiting.head->data, &size);
    const gssize n =
        g_socket_send(stream->socket, bytes + stream->offset, size - stream->offset, NULL, error);
    if (n < 0)
        return FALSE;
    stream->progress_usec = g_get_monotonic_time();
    stream->offset += (gsize)n;
    stream->n_waiting -= (gsize)n;
    if (stream->offset < size)
        return FALSE;
    g_bytes_unref(g_queue_pop_head(&stream->waiting));
    stream->offset = 0;
    return TRUE;
}

static gboolean on_writable(GSocket *socket, GIOCondition condition, gpointer data);

static void flush(EventStream *stream)
{
    g_autoptr(GError) error = NULL;
    gboolean more = TRUE;
    while (more && !g_queue_is_empty(&stream->waiting))
        more = send_first(stream, &error);
    if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
        end(stream);
        return;
    }
    if (g_queue_is_empty(&stream->waiting)) {
        clear_source(&stream->writable);
    } else if (!stream->writable) {
        stream->writable = g_socket_create_source(stream->socket, G_IO_OUT, NULL);
        g_source_set_callback(stream->writable, G_SOURCE_FUNC(on_writable), stream, NULL);
        g_source_attach(stream->writable, NULL);
    }
}

static gboolean on_writable(GSocket *socket, GIOCondition condition, gpointer data)
{
    flush(data);
    return G_SOURCE_CONTINUE;
}

EventStream *event_stream_new(GIOStream *connection, GSocket *socket,
                              void (*closed)(EventStream *stream, gpointer data), gpointer data)
{
    EventStream *stream = g_new0(EventStream, 1);
    stream->connection = connection;
    stream->socket = g_object_ref(socket);
    stream->closed = closed;
    stream->data = data;
    stream->progress_usec = g_get_monotonic_time();
    g_queue_init(&stream->waiting);
    g_socket_set_blocking(socket, FALSE);
    stream->readable = g_socket_create_source(socket, G_IO_IN, NULL);
    g_source_set_callback(stream->readable, G_SOURCE_FUNC(on_readable), stream, NULL);
    g_source_attach(stream->readable, NULL);
    return stream;
}

void event_stream_free(EventStream *stream)
{
    if (!stream)
        return;
    clear_source(&stream->readable);
    clear_source(&stream->writable);
    clear_source(&stream->ending);
    g_queue_clear_full(&stream->waiting, (GDestroyNotify)g_bytes_unref);
    g_socket_close(stream->socket, NULL);
    g_object_unref(stream->socket);
    g_object_unref(stream->connection);
    g_free(stream);
}

void event_stream_send(EventStream *stream, GBytes *bytes)
{
    if (stream->ending || g_bytes_get_size(bytes) == 0)
        return;
    if (stream->n_waiting == 0)
        stream->progress_usec = g_get_monotonic_time();
    stream->n_waiting += g_bytes_get_size(bytes);
    if (stream->n_waiting > EVENT_STREAM_MAX_WAITING) {
        end(stream);
        return;
    }
    g_queue_push_tail(&stream->waiting, g_bytes_ref(bytes));
    if (!stream->writable)
        flush(stream);
}

void event_stream_check(EventStream *stream, gint64 now_usec)
{
    if (stream->n_waiting > 0 && now_usec - stream->progress_usec > EVENT_STREAM_STALL_USEC)
        end(stream);
}
