/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/connections.h"

#include <sys/socket.h>

#define CHECK_SEC 1
/* What the kernel keeps for a client that does not read; it would be megabytes otherwise. */
#define SEND_BUFFER (16 * 1024)

typedef enum Phase {
    PHASE_REQUEST,  /* waits for a request, or the rest of it */
    PHASE_RESPONSE, /* is being answered, with little or not yet */
    PHASE_ANSWER,   /* has a page or a report to take */
    PHASE_STOLEN,
} Phase;

typedef struct Connection {
    Connections *owner;
    GSocketConnection *stream; /* not counted: the server's, until it is disposed of */
    GSocket *socket;
    GSocketAddress *address; /* one of its own: that is how a message tells its connection */
    Phase phase;
    gboolean shut;
    gint64 since_usec; /* when the phase began; monotonic */
    GList link;        /* in the owner's list, by age of the phase */
} Connection;

struct Connections {
    SoupServer *server;
    GSocketService *service;
    GSocketAddress *local;
    GQueue list; /* of Connection, the longest in its phase first */
    guint n_answers;
    guint timer;
};

static void enter(Connection *connection, Phase phase)
{
    connection->owner->n_answers += phase == PHASE_ANSWER;
    connection->owner->n_answers -= connection->phase == PHASE_ANSWER;
    connection->phase = phase;
    connection->since_usec = g_get_monotonic_time();
    g_queue_unlink(&connection->owner->list, &connection->link);
    g_queue_push_tail_link(&connection->owner->list, &connection->link);
}

/* The server finds the connection closed and lets go of it. */
static void shut(Connection *connection)
{
    connection->shut = TRUE;
    g_socket_shutdown(connection->socket, TRUE, TRUE, NULL);
}

static gboolean is_late(const Connection *connection, gint64 now_usec)
{
    static const gint64 limits[] = {
        [PHASE_REQUEST] = CONNECTIONS_REQUEST_SEC * G_USEC_PER_SEC,
        [PHASE_RESPONSE] = CONNECTIONS_RESPONSE_SEC * G_USEC_PER_SEC,
        [PHASE_ANSWER] = CONNECTIONS_RESPONSE_SEC * G_USEC_PER_SEC,
        [PHASE_STOLEN] = G_MAXINT64,
    };
    return now_usec - connection->since_usec > limits[connection->phase];
}

static gboolean on_timer(gpointer data)
{
    const Connections *connections = data;
    const gint64 now = g_get_monotonic_time();
    for (GList *link = connections->list.head; link; link = link->next)
        if (is_late(link->data, now))
            shut(link->data);
    return G_SOURCE_CONTINUE;
}

static void connection_free(Connection *connection)
{
    /* A message may outlive its connection for a while. */
    g_object_set_data(G_OBJECT(connection->address), "connection", NULL);
    connection->owner->n_answers -= connection->phase == PHASE_ANSWER;
    g_queue_unlink(&connection->owner->list, &connection->link);
    g_object_unref(connection->socket);
    g_object_unref(connection->address);
    g_free(connection);
}

static void on_disposed(gpointer data, GObject *stream)
{
    connection_free(data);
}

/* An address like those of TCP also for Unix sockets: for a request without a host the server makes
 * one up from it. */
static GSocketAddress *made_up_address(void)
{
    return g_inet_socket_address_new_from_string("127.0.0.1", 80);
}

static void add(Connections *connections, GSocketConnection *stream)
{
    Connection *connection = g_new0(Connection, 1);
    connection->owner = connections;
    connection->stream = stream;
    connection->socket = g_object_ref(g_socket_connection_get_socket(stream));
    connection->address = made_up_address();
    g_socket_set_option(connection->socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER, NULL);
    connection->link.data = connection;
    connection->phase = PHASE_REQUEST;
    connection->since_usec = g_get_monotonic_time();
    g_queue_push_tail_link(&connections->list, &connection->link);
    g_object_set_data(G_OBJECT(connection->address), "connection", connection);
    g_object_weak_ref(G_OBJECT(stream), on_disposed, connection);
}

/* Whether there is a place, or will be as soon as the one who was shut is gone. */
static gboolean make_room(const Connections *connections)
{
    if (connections->list.length < CONNECTIONS_MAX)
        return TRUE;
    for (const GList *link = connections->list.head; link; link = link->next) {
        Connection *connection = link->data;
        if (connection->phase == PHASE_STOLEN || connection->shut)
            continue;
        shut(connection);
        return connections->list.length < 2 * CONNECTIONS_MAX;
    }
    return FALSE;
}

static gboolean on_incoming(GSocketService *service, GSocketConnection *stream, GObject *source,
                            gpointer data)
{
    Connections *connections = data;
    if (!make_room(connections))
        return TRUE;
    add(connections, stream);
    const Connection *connection = connections->list.tail->data;
    soup_server_accept_iostream(connections->server, G_IO_STREAM(stream), connections->local,
                                connection->address, NULL);
    return TRUE;
}

static Connection *connection_of(SoupServerMessage *message)
{
    GSocketAddress *address = soup_server_message_get_remote_address(message);
    return address ? g_object_get_data(G_OBJECT(address), "connection") : NULL;
}

static void on_request_read(SoupServer *server, SoupServerMessage *message, gpointer data)
{
    Connection *connection = connection_of(message);
    if (connection)
        enter(connection, PHASE_RESPONSE);
}

/* What a client sends beside its request is of no interest, and not to be kept. */
static void on_request_started(SoupServer *server, SoupServerMessage *message, gpointer data)
{
    soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
}

Connections *connections_new(SoupServer *server)
{
    Connections *connections = g_new0(Connections, 1);
    connections->server = g_object_ref(server);
    connections->service = g_socket_service_new();
    /* A socket that is added to a running service would cost it who has just been accepted. */
    g_socket_service_stop(connections->service);
    connections->local = made_up_address();
    g_queue_init(&connections->list);
    g_signal_connect(connections->service, "incoming", G_CALLBACK(on_incoming), connections);
    g_signal_connect(server, "request-started", G_CALLBACK(on_request_started), connections);
    g_signal_connect(server, "request-read", G_CALLBACK(on_request_read), connections);
    connections->timer = g_timeout_add_seconds(CHECK_SEC, on_timer, connections);
    return connections;
}

void connections_free(Connections *connections)
{
    if (!connections)
        return;
    g_socket_service_stop(connections->service);
    g_source_remove(connections->timer);
    g_signal_handlers_disconnect_by_data(connections->server, connections);
    g_signal_handlers_disconnect_by_data(connections->service, connections);
    soup_server_disconnect(connections->server);
    while (connections->list.head) {
        Connection *connection = connections->list.head->data;
        g_object_weak_unref(G_OBJECT(connection->stream), on_disposed, connection);
        connection_free(connection);
    }
    g_object_unref(connections->server);
    g_object_unref(connections->service);
    g_object_unref(connections->local);
    g_free(connections);
}

gboolean connections_listen(Connections *connections, GSocket *socket, GError **error)
{
    return g_socket_listener_add_socket(G_SOCKET_LISTENER(connections->service), socket, NULL,
                                        error);
}

void connections_start(Connections *connections)
{
    g_socket_service_start(connections->service);
}

guint connections_count(const Connections *connections)
{
    return connections->list.length;
}

/* The list is by age: the first one that is not old enough is the end. */
static gboolean shut_oldest_answer(const Connections *connections)
{
    const gint64 latest = g_get_monotonic_time() - CONNECTIONS_ANSWER_GRACE_SEC * G_USEC_PER_SEC;
    for (const GList *link = connections->list.head; link; link = link->next) {
        Connection *connection = link->data;
        if (connection->since_usec > latest)
            return FALSE;
        if (connection->phase != PHASE_ANSWER || connection->shut)
            continue;
        shut(connection);
        return TRUE;
    }
    return FALSE;
}

gboolean connections_begin_answer(Connections *connections, SoupServerMessage *message)
{
    Connection *connection = connection_of(message);
    if (!connection)
        return FALSE;
    if (connections->n_answers >= CONNECTIONS_MAX_ANSWERS &&
        (connections->n_answers >= 2 * CONNECTIONS_MAX_ANSWERS || !shut_oldest_answer(connections)))
        return FALSE;
    enter(connection, PHASE_ANSWER);
    return TRUE;
}

GIOStream *connections_steal(Connections *connections, SoupServerMessage *message,
                             GSocket **ret_socket)
{
    Connection *connection = connection_of(message);
    if (!connection)
        return NULL;
    enter(connection, PHASE_STOLEN);
    *ret_socket = connection->socket;
    return soup_server_message_steal_connection(message);
}
