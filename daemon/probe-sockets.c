/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/probe-sockets.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/enforce/firewall/reserved-list.h"
#include "daemon/enforce/firewall/socket-diag.h"
#include "daemon/probe-error.h"

/* In the ephemeral range of every Linux, and a port that the catalog closes. */
#define EPHEMERAL_PORT 49152

/* Closes the descriptor when it goes out of scope. */
typedef struct Socket {
    int fd;
} Socket;

static void socket_clear(Socket *socket)
{
    if (socket->fd >= 0)
        close(socket->fd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Socket, socket_clear)

/* On any free port of 127.0.0.1; -1 on failure. */
static int bound_socket(int type, struct sockaddr_in *ret_address)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = g_htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof(address);
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (bind(fd, (const struct sockaddr *)&address, length) < 0 ||
        (type == SOCK_STREAM && listen(fd, 1) < 0) ||
        getsockname(fd, (struct sockaddr *)ret_address, &length) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static gboolean no_sockets(GError **error)
{
    const int number = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number),
                "no socket on the loopback interface: %s", g_strerror(number));
    return FALSE;
}

/* Finding */

typedef struct Found {
    guint n_sockets;
    guint64 cgroup;
    struct inet_diag_msg last;
} Found;

static void take_socket(const struct inet_diag_msg *found, guint64 cgroup, gpointer data)
{
    Found *all = data;

    all->n_sockets++;
    all->cgroup = cgroup;
    all->last = *found;
}

static gboolean look_up(guint8 protocol, guint state, guint16 port, Found *ret, GError **error)
{
    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_SOCK_DIAG, error);
    PortSet ports = {0};

    port_set_add_range(&ports, port, port);
    const SocketDiagQuery query = {AF_INET, protocol, SOCKET_DIAG_STATE(state), &ports};
    if (!client || !socket_diag_foreach(client, &query, take_socket, ret, error))
        return FALSE;
    return ret->n_sockets == 1 || probe_without_effect(error, "the socket is not listed");
}

static gboolean find_own(int type, guint8 protocol, guint state, Found *ret, GError **error)
{
    struct sockaddr_in address = {0};
    g_auto(Socket) bound = {bound_socket(type, &address)};

    if (bound.fd < 0)
        return no_sockets(error);
    return look_up(protocol, state, g_ntohs(address.sin_port), ret, error);
}

gboolean probe_tcp_sockets(GError **error)
{
    Found found = {0};
    return find_own(SOCK_STREAM, IPPROTO_TCP, TCP_LISTEN, &found, error);
}

gboolean probe_udp_sockets(GError **error)
{
    Found found = {0};
    return find_own(SOCK_DGRAM, IPPROTO_UDP, TCP_CLOSE, &found, error);
}

gboolean probe_control_groups(GError **error)
{
    Found found = {0};
    if (!find_own(SOCK_STREAM, IPPROTO_TCP, TCP_LISTEN, &found, error))
        return FALSE;
    return found.cgroup != 0 || probe_without_effect(error, "a socket is listed without its group");
}

/* Ending a session */

static gboolean destroy(const struct inet_diag_msg *session, GError **error)
{
    char buffer[MNL_ALIGN(sizeof(struct nlmsghdr)) + MNL_ALIGN(sizeof(struct inet_diag_req_v2))];
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
    request->nlmsg_type = SOCK_DESTROY;
    struct inet_diag_req_v2 *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->sdiag_family = AF_INET;
    body->sdiag_protocol = IPPROTO_TCP;
    body->id = session->id;

    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_SOCK_DIAG, error);
    g_autoptr(GByteArray) answer = client ? netlink_client_ask(client, request, error) : NULL;
    return answer != NULL;
}

gboolean probe_end_session(GError **error)
{
    struct sockaddr_in address = {0}, own = {0};
    socklen_t length = sizeof(own);
    g_auto(Socket) listener = {bound_socket(SOCK_STREAM, &address)};
    g_auto(Socket) session = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (listener.fd < 0 || session.fd < 0 ||
        connect(session.fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
        getsockname(session.fd, (struct sockaddr *)&own, &length) < 0)
        return no_sockets(error);

    Found found = {0};
    if (!look_up(IPPROTO_TCP, TCP_ESTABLISHED, g_ntohs(own.sin_port), &found, error) ||
        !destroy(&found.last, error))
        return FALSE;
    char byte;
    return (recv(session.fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNABORTED) ||
           probe_without_effect(error, "the session goes on");
}

/* Reserving ports */

gboolean probe_reserved_ports(GError **error)
{
    PortSet list = {0}, found = {0};

    port_set_add_range(&list, EPHEMERAL_PORT, EPHEMERAL_PORT);
    if (!reserved_list_write(&list, error) || !reserved_list_read(&found, error))
        return FALSE;
    return port_set_contains(&found, EPHEMERAL_PORT) ||
           probe_without_effect(error, "the port is not in the list");
}
