/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/tcp-sessions.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>

#include "daemon/enforce/firewall/socket-diag.h"
#include "daemon/enforce/route-lookup.h"

/* In TIME_WAIT the session is over, and older kernels refuse to end what is left of it. */
#define SESSION_STATES                                                                             \
    (SOCKET_DIAG_STATE(TCP_ESTABLISHED) | SOCKET_DIAG_STATE(TCP_SYN_SENT) |                        \
     SOCKET_DIAG_STATE(TCP_SYN_RECV) | SOCKET_DIAG_STATE(TCP_FIN_WAIT1) |                          \
     SOCKET_DIAG_STATE(TCP_FIN_WAIT2) | SOCKET_DIAG_STATE(TCP_CLOSE_WAIT) |                        \
     SOCKET_DIAG_STATE(TCP_LAST_ACK) | SOCKET_DIAG_STATE(TCP_CLOSING))

/* What idiag_timer says of the remains of a session that wait in FIN_WAIT2 without a socket, which
 * are as over as those in TIME_WAIT (inet_twsk_diag_fill() in the kernel's inet_diag.c). */
#define TIMER_REMAINS 3

G_DEFINE_QUARK(secpold_tcp_sessions_error, tcp_sessions_error)

typedef struct Ending {
    NetlinkClient *diag;
    NetlinkClient *route;
    const char *const *exempt_interfaces;
    guint ended;
    guint not_supported;
    GError *failure; /* the first; the other sessions are ended all the same */
} Ending;

typedef struct Peer {
    guint8 family; /* as on the wire */
    const void *local;
    const void *remote;
} Peer;

/* A mapped address is IPv4 on the wire. */
static Peer peer_of(const struct inet_diag_msg *session)
{
    const gboolean mapped = session->idiag_family == AF_INET6 &&
                            IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)session->id.idiag_dst);
    return (Peer){
        .family = mapped ? AF_INET : session->idiag_family,
        .local = mapped ? &session->id.idiag_src[3] : session->id.idiag_src,
        .remote = mapped ? &session->id.idiag_dst[3] : session->id.idiag_dst,
    };
}

static gboolean is_exempt(const Ending *ending, guint interface)
{
    char name[IF_NAMESIZE];

    return ending->exempt_interfaces[0] != NULL && if_indextoname(interface, name) != NULL &&
           g_strv_contains(ending->exempt_interfaces, name);
}

/* The socket does not say which interface its packets take; the routing tables do. Without a route
 * back the session is dead, whatever it once ran over. */
static gboolean is_spared(const Ending *ending, const struct inet_diag_msg *session)
{
    const Peer peer = peer_of(session);
    const RouteQuery query = {peer.family, peer.remote, peer.local, session->id.idiag_if};
    Route route;

    if (!route_lookup(ending->route, &query, &route, NULL))
        return FALSE;
    return route.local || is_exempt(ending, route.interface);
}

static gboolean destroy(NetlinkClient *client, const struct inet_diag_msg *session, GError **error)
{
    char buffer[MNL_ALIGN(sizeof(struct nlmsghdr)) + MNL_ALIGN(sizeof(struct inet_diag_req_v2))];
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = SOCK_DESTROY;
    struct inet_diag_req_v2 *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->sdiag_family = session->idiag_family;
    body->sdiag_protocol = IPPROTO_TCP;
    body->idiag_states = SESSION_STATES;
    body->id = session->id;
    g_autoptr(GByteArray) answer = netlink_client_ask(client, request, error);
    return answer != NULL;
}

static void end_session(const struct inet_diag_msg *session, guint64 cgroup, gpointer data)
{
    Ending *ending = data;
    g_autoptr(GError) refusal = NULL;

    if (session->idiag_timer == TIMER_REMAINS || is_spared(ending, session))
        return;
    if (destroy(ending->diag, session, &refusal))
        ending->ended++;
    else if (g_error_matches(refusal, NETLINK_CLIENT_ERROR, EOPNOTSUPP))
        ending->not_supported++;
    /* ENOENT: it ended by itself meanwhile. */
    else if (!g_error_matches(refusal, NETLINK_CLIENT_ERROR, ENOENT) && !ending->failure)
        g_propagate_prefixed_error(
            &ending->failure, g_steal_pointer(&refusal),
            "Cannot end a TCP session on closed port %u: ", g_ntohs(session->id.idiag_sport));
}

static gboolean end_sessions_of_family(Ending *ending, guint8 family, const PortSet *ports,
                                       GError **error)
{
    const SocketDiagQuery query = {family, IPPROTO_TCP, SESSION_STATES, ports};
    g_autoptr(GError) refusal = NULL;

    if (socket_diag_foreach(ending->diag, &query, end_session, ending, &refusal))
        return TRUE;
    if (g_error_matches(refusal, NETLINK_CLIENT_ERROR, ENOENT))
        g_set_error(error, TCP_SESSIONS_ERROR, TCP_SESSIONS_ERROR_NOT_SUPPORTED,
                    "TCP sessions on closed ports hang instead of being ended, as this kernel "
                    "cannot list them; it needs CONFIG_INET_DIAG and CONFIG_INET_DIAG_DESTROY");
    else
        g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

static gboolean end_sessions(Ending *ending, const PortSet *ports, GError **error)
{
    if (!end_sessions_of_family(ending, AF_INET, ports, error) ||
        !end_sessions_of_family(ending, AF_INET6, ports, error))
        return FALSE;
    if (ending->failure) {
        g_propagate_error(error, g_steal_pointer(&ending->failure));
        return FALSE;
    }
    if (ending->not_supported > 0) {
        g_set_error(error, TCP_SESSIONS_ERROR, TCP_SESSIONS_ERROR_NOT_SUPPORTED,
                    "TCP sessions on closed ports (%u) hang instead of being ended, as this kernel "
                    "cannot end them; it needs CONFIG_INET_DIAG_DESTROY",
                    ending->not_supported);
        return FALSE;
    }
    return TRUE;
}

gboolean tcp_sessions_end(const PortSet *ports, const char *const *exempt_interfaces,
                          guint *ret_ended, GError **error)
{
    if (port_set_is_empty(ports)) {
        *ret_ended = 0;
        return TRUE;
    }
    g_autoptr(NetlinkClient) diag = netlink_client_new(NETLINK_SOCK_DIAG, error);
    if (!diag)
        return FALSE;
    g_autoptr(NetlinkClient) route = netlink_client_new(NETLINK_ROUTE, error);
    if (!route)
        return FALSE;

    Ending ending = {.diag = diag, .route = route, .exempt_interfaces = exempt_interfaces};
    const gboolean ok = end_sessions(&ending, ports, error);
    g_clear_error(&ending.failure);
    if (!ok)
        return FALSE;
    *ret_ended = ending.ended;
    return TRUE;
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    g_autoptr(GError) refusal = NULL;
    PortSet closed = {0};
    guint ended;

    plan_closed_ports(plan, IPPROTO_TCP, &closed);
    if (tcp_sessions_end(&closed, (const char *const *)plan->exempt_interfaces, &ended, &refusal))
        return TRUE;
    if (!g_error_matches(refusal, TCP_SESSIONS_ERROR, TCP_SESSIONS_ERROR_NOT_SUPPORTED)) {
        g_propagate_error(error, g_steal_pointer(&refusal));
        return FALSE;
    }
    enforcer_report_problem(report, "%s", refusal->message);
    return TRUE;
}

static void enforcer_discard(Enforcer *enforcer)
{
    g_free(enforcer);
}

static const EnforcerClass tcp_sessions_class = {
    .name = "tcp-sessions",
    .reconcile = reconcile,
    .free = enforcer_discard,
};

Enforcer *tcp_sessions_enforcer_new(void)
{
    Enforcer *enforcer = g_new0(Enforcer, 1);

    enforcer->class = &tcp_sessions_class;
    return enforcer;
}
