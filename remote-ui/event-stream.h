/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One client of the event stream: what it has not taken yet waits in a queue with an end. Whoever
 * does not read is closed.
 */
#pragma once

#include <gio/gio.h>

/* What may wait for one client, in bytes. A whole page is about a third of that. The bytes are
 * those that all clients get, and not copied. */
#define EVENT_STREAM_MAX_WAITING (1024 * 1024)
/* How long a client may take nothing of what waits. */
#define EVENT_STREAM_STALL_USEC (20 * G_USEC_PER_SEC)

typedef struct EventStream EventStream;

/* Takes over @connection, whose request was read. @closed is called in the main loop, once, when
 * the client has gone or was too slow; it is for freeing the stream. */
EventStream *event_stream_new(GIOStream *connection, GSocket *socket,
                              void (*closed)(EventStream *stream, gpointer data), gpointer data);
void event_stream_free(EventStream *stream);

void event_stream_send(EventStream *stream, GBytes *bytes);

/* To be called every few seconds: finds those who stand still. */
void event_stream_check(EventStream *stream, gint64 now_usec);
