/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accepts connections and hands them to the server, so many at a time and with so much time each.
 * Where all places are taken, whoever has been longest at its request, or at taking its
 * answer, makes room: slow clients cannot keep others out.
 */
#pragma once

#include <libsoup/soup.h>

#define CONNECTIONS_MAX 640
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

/* Of a message that was read, the connection: no longer the server's, without limit of time, and
 * closed with the last reference. NULL where it is gone. */
GIOStream *connections_steal(Connections *connections, SoupServerMessage *message,
                             GSocket **ret_socket);
