/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP sessions that stand on closed ports are ended. A packet filter alone leaves both sides with a
 * session that hangs until it times out; the one who printed over it learns at once this way.
 *
 * The kernel resets a session with sock_diag's SOCK_DESTROY (CONFIG_INET_DIAG_DESTROY). Where it
 * cannot, nothing gets through either, since the packets of such sessions are dropped; so items
 * stay enforced, and the report names the problem for as long as there are such sessions.
 */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/policy/port-set.h"

/*
 * Ends the TCP sessions, IPv4 and IPv6, whose local port is in @ports, whatever their state;
 * listeners stay, and so do sessions with this host itself and those whose packets leave by one of
 * @exempt_interfaces (NULL-terminated). @ret_ended is their number.
 *
 * TCP_SESSIONS_ERROR_NOT_SUPPORTED: the kernel cannot; other errors: NETLINK_CLIENT_ERROR.
 */
gboolean tcp_sessions_end(const PortSet *ports, const char *const *exempt_interfaces,
                          guint *ret_ended, GError **error);

/* Ends what stands on the ports the plan closes, at each pass. Has no findings. Add it after the
 * firewall: a session ended before its port is closed can come back. */
Enforcer *tcp_sessions_enforcer_new(void);

#define TCP_SESSIONS_ERROR (tcp_sessions_error_quark())
GQuark tcp_sessions_error_quark(void);
typedef enum TcpSessionsError {
    TCP_SESSIONS_ERROR_NOT_SUPPORTED,
} TcpSessionsError;
