/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/socket-diag.h"

#include <linux/sock_diag.h>
#include <string.h>

#include "daemon/enforce/firewall/port-filter.h"

#define REQUEST_BYTES 8192

static GByteArray *ask(NetlinkClient *client, const SocketDiagQuery *query, GError **error)
{
    g_autoptr(GByteArray) filter = port_filter_new(query->ports);
    g_autofree char *buffer = g_malloc(REQUEST_BYTES);
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request->nlmsg_flags = NLM_F_DUMP;
    struct inet_diag_req_v2 *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->sdiag_family = query->family;
    body->sdiag_protocol = query->protocol;
    body->idiag_states = query->states;
    mnl_attr_put(request, INET_DIAG_REQ_BYTECODE, filter->len, filter->data);
    return netlink_client_ask(client, request, error);
}

static guint64 cgroup_of(const struct nlmsghdr *message)
{
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, sizeof(struct inet_diag_msg))
    {
        if (mnl_attr_get_type(attribute) == INET_DIAG_CGROUP_ID &&
            mnl_attr_get_payload_len(attribute) == sizeof(guint64))
            return mnl_attr_get_u64(attribute);
    }
    return 0;
}

gboolean socket_diag_foreach(NetlinkClient *client, const SocketDiagQuery *query,
                             SocketDiagVisit visit, gpointer data, GError **error)
{
    g_autoptr(GByteArray) answer = ask(client, query, error);
    if (!answer)
        return FALSE;

    int left = (int)answer->len;
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)answer->data;
         netlink_message_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        if (mnl_nlmsg_get_payload_len(message) < sizeof(struct inet_diag_msg))
            continue;
        const struct inet_diag_msg *found = mnl_nlmsg_get_payload(message);
        if (port_set_contains(query->ports, g_ntohs(found->id.idiag_sport)))
            visit(found, cgroup_of(message), data);
    }
    return TRUE;
}
