/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which programs wait for somebody on given ports of this network namespace: TCP listeners, and UDP
 * sockets that are bound but not connected. */
#pragma once

#include <netinet/in.h>

#include "daemon/policy/port-set.h"

typedef struct Listener {
    guint8 protocol;    /* IPPROTO_TCP or IPPROTO_UDP */
    guint8 family;      /* AF_INET or AF_INET6 */
    guint8 address[16]; /* bound to, network order; IPv4: the first four bytes; zeros: any */
    guint16 port;       /* host order */
    guint32 uid;        /* of the user who made the socket */
    guint32 inode;      /* "socket:[INODE]" in /proc/PID/fd */
    char *unit;         /* systemd unit that made the socket: "cups.service", or "cups.socket" where
                           it is handed over; "" where unknown. Never NULL */
} Listener;

/* Element type Listener, by protocol, then port. A set that is NULL or empty asks for nothing.
 * NETLINK_CLIENT_ERROR where the kernel does not tell. */
GPtrArray *listener_survey(const PortSet *tcp, const PortSet *udp, GError **error);

/* Whether nobody but this host itself can reach it. */
gboolean listener_is_loopback(const Listener *listener);

/* As inet_ntop() writes it. */
void listener_address(const Listener *listener, char ret[INET6_ADDRSTRLEN]);
