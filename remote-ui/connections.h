/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accepts connections and hands them to the server, so many at a time and with so much time each.
 * Where all places are taken, whoever has been longest at its request, or at taking its
 * answer, makes room: slow clients cannot keep others out, nor have more kept for them than
 * MemoryMax= of the service has place for.
 */
#pragma once

#include <libsoup/soup.h>

#define CONNECTIONS_MAX 640
/* Pages and reports, each of which is a third of a megabyte, that wait to be taken. Twice as many
 * for a moment, until those are gone who were shut to make room. */
#define CONNECTIONS_MAX_ANSWERS 128
/* Who takes nothing for so long may be shut for another one. */
#define CONNECTIONS_ANSWER_GRACE_SEC 3
/* For a request to be complete, from its connection or the response before it; and for a response
 * to be taken. */
#define CONNECTIONS_REQUEST_SEC  15
#define CONNECTIONS_RESPONSE_SEC 30

typedef struct Connections Connections;

Connections *connections_new(SoupServer *server);
void connections_free(Connections *connections);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Connections, connections_free)

/* To be called for every socket before connections_start(). */
gboolean connections_listen(Connections *connections, GSocket *socket, GError **error);

void connections_start(Connections *connections);

guint connections_count(const Connections *connections);

/* Whether a page or report may be made for a message that was read; otherwise there are too many,
 * all of them new. */
gboolean connections_begin_answer(Connections *connections, SoupServerMessage *message);

/* Of a message that was read, the connection: no longer the server's, without limit of time, and
 * closed with the last reference. NULL where it is gone. */
GIOStream *connections_steal(Connections *connections, SoupServerMessage *message,
                             GSocket **ret_socket);
