/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/route-lookup.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#define REQUEST_BYTES 256

static void put_query(struct nlmsghdr *request, const RouteQuery *query)
{
    const guint8 bytes = query->family == AF_INET6 ? 16 : 4;
    struct rtmsg *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));

    body->rtm_family = query->family;
    body->rtm_dst_len = (guint8)(bytes * 8);
    mnl_attr_put(request, RTA_DST, bytes, query->destination);
    if (query->source) {
        body->rtm_src_len = (guint8)(bytes * 8);
        mnl_attr_put(request, RTA_SRC, bytes, query->source);
    }
    if (query->interface != 0)
        mnl_attr_put_u32(request, RTA_OIF, query->interface);
}

gboolean route_lookup(NetlinkClient *client, const RouteQuery *query, Route *ret, GError **error)
{
    char buffer[REQUEST_BYTES];
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = RTM_GETROUTE;
    put_query(request, query);
    g_autoptr(GByteArray) answer = netlink_client_ask(client, request, error);
    if (!answer)
        return FALSE;

    const struct nlmsghdr *message = (const struct nlmsghdr *)answer->data;
    if (!netlink_message_ok(message, (int)answer->len) || message->nlmsg_type != RTM_NEWROUTE ||
        mnl_nlmsg_get_payload_len(message) < sizeof(struct rtmsg)) {
        g_set_error(error, NETLINK_CLIENT_ERROR, EPROTO,
                    "The kernel answered a question for a route with something else");
        return FALSE;
    }

    const struct rtmsg *body = mnl_nlmsg_get_payload(message);
    Route route = {.local = body->rtm_type == RTN_LOCAL};
    const struct nlattr *attribute;
    mnl_attr_for_each(attribute, message, sizeof(struct rtmsg))
    {
        if (mnl_attr_get_type(attribute) == RTA_OIF &&
            mnl_attr_get_payload_len(attribute) == sizeof(guint32))
            route.interface = mnl_attr_get_u32(attribute);
    }
    *ret = route;
    return TRUE;
}
