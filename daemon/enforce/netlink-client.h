/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the kernel over netlink, answered before the call returns. For listening see the
 * files that own a subscription; this is for asking. */
#pragma once

#include <glib.h>
#include <libmnl/libmnl.h>

#include "daemon/enforce/netlink-message.h"

/* An answer beyond this is an error rather than an appetite for memory. */
#define NETLINK_CLIENT_MAX_ANSWER (16 * 1024 * 1024)

typedef struct mnl_socket NetlinkClient;

static inline void netlink_client_free(NetlinkClient *client)
{
    if (client)
        mnl_socket_close(client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetlinkClient, netlink_client_free)

/* @bus is NETLINK_ROUTE, NETLINK_SOCK_DIAG and the like; the network namespace is the thread's. */
NetlinkClient *netlink_client_new(int bus, GError **error);

/*
 * Sends @request (sequence number and NLM_F_REQUEST are filled in; without NLM_F_DUMP so is
 * NLM_F_ACK) and collects the messages of the answer back to back; go through them with
 * netlink_message_ok() and mnl_nlmsg_next(). An acknowledgement alone is an empty answer. A dump
 * that changed while it was read is read again, a bounded number of times.
 *
 * Errors: NETLINK_CLIENT_ERROR, the code being the errno the kernel answered with.
 */
GByteArray *netlink_client_ask(NetlinkClient *client, struct nlmsghdr *request, GError **error);

#define NETLINK_CLIENT_ERROR (netlink_client_error_quark())
GQuark netlink_client_error_quark(void);
