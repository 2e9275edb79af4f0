/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the kernel over libnl sockets, answered before the call returns: nl80211 over
 * generic netlink, the state of links over rtnetlink. */
#pragma once

#include <glib.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

typedef struct nl_sock NlSocket;
static inline void nl_socket_discard(NlSocket *nl)
{
    if (nl)
        nl_socket_free(nl);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NlSocket, nl_socket_discard)

typedef struct nl_msg NlMessage;
static inline void nl_message_discard(NlMessage *message)
{
    if (message)
        nlmsg_free(message);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NlMessage, nl_message_discard)

/* @bus is NETLINK_GENERIC or NETLINK_ROUTE; the network namespace is the thread's. */
NlSocket *nl_request_open(int bus, GError **error);

/* Gets every message of an answer, which is whole as far as its header says. */
typedef void (*NlVisit)(struct nlmsghdr *message, gpointer data);

/*
 * Sends @request and waits for the end of the answer. A dump that changed while it was read is
 * reported as EAGAIN, with @visit having seen some of it.
 *
 * Errors: NL_REQUEST_ERROR, the code being the errno the kernel answered with.
 */
gboolean nl_request_run(NlSocket *nl, NlMessage *request, NlVisit visit, gpointer data,
                        GError **error);

#define NL_REQUEST_ERROR (nl_request_error_quark())
GQuark nl_request_error_quark(void);
