/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets there are, asked with sock_diag(7). */
#pragma once

#include <linux/inet_diag.h>
#include <netinet/tcp.h>

#include "daemon/enforce/netlink-client.h"
#include "daemon/policy/port-set.h"

/* States as the bit mask that sock_diag takes; the numbers are those of netinet/tcp.h. A UDP socket
 * that has not been connected is in TCP_CLOSE. */
#define SOCKET_DIAG_STATE(state) (1u << (state))

typedef struct SocketDiagQuery {
    guint8 family;   /* AF_INET or AF_INET6; sockets of the latter may carry mapped addresses */
    guint8 protocol; /* IPPROTO_TCP, IPPROTO_UDP */
    guint states;
    const PortSet *ports; /* the local port is one of them; not empty */
} SocketDiagQuery;

/* Called for each socket; @cgroup is the id of its control group, 0 where the kernel does not say.
 */
typedef void (*SocketDiagVisit)(const struct inet_diag_msg *found, guint64 cgroup, gpointer data);

/* @client is of NETLINK_SOCK_DIAG and may be used by @visit. Fails as netlink_client_ask() does:
 * ENOENT where the kernel cannot list sockets of this protocol. */
gboolean socket_diag_foreach(NetlinkClient *client, const SocketDiagQuery *query,
                             SocketDiagVisit visit, gpointer data, GError **error);
