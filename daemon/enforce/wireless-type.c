/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless-type.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "daemon/enforce/netlink-client.h"

#define REQUEST_BYTES 128

/* Asks for one thing that has one attribute for its answer, and takes that attribute from it. */
static gboolean ask(NetlinkClient *client, struct nlmsghdr *request, guint16 wanted, gsize bytes,
                    gpointer ret, GError **error)
{
    g_autoptr(GByteArray) answer = netlink_client_ask(client, request, error);
    if (!answer)
        return FALSE;

    const struct nlmsghdr *message = (const struct nlmsghdr *)answer->data;
    if (mnl_nlmsg_ok(message, (int)answer->len) &&
        mnl_nlmsg_get_payload_len(message) >= sizeof(struct genlmsghdr)) {
        const struct nlattr *attribute;
        mnl_attr_for_each(attribute, message, sizeof(struct genlmsghdr))
        {
            if (mnl_attr_get_type(attribute) == wanted &&
                mnl_attr_get_payload_len(attribute) == bytes) {
                memcpy(ret, mnl_attr_get_payload(attribute), bytes);
                return TRUE;
            }
        }
    }
    g_set_error(error, NETLINK_CLIENT_ERROR, EPROTO,
                "The kernel's answer over generic netlink lacks what was asked for");
    return FALSE;
}

static struct nlmsghdr *put_request(char *buffer, guint16 family, guint8 command)
{
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

    request->nlmsg_type = family;
    struct genlmsghdr *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->cmd = command;
    body->version = 1;
    return request;
}

static gboolean find_family(NetlinkClient *client, guint16 *ret, GError **error)
{
    char buffer[REQUEST_BYTES];
    struct nlmsghdr *request = put_request(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

    mnl_attr_put_strz(request, CTRL_ATTR_FAMILY_NAME, NL80211_GENL_NAME);
    return ask(client, request, CTRL_ATTR_FAMILY_ID, sizeof(*ret), ret, error);
}

gboolean wireless_type_read(guint interface, enum nl80211_iftype *ret, GError **error)
{
    char buffer[REQUEST_BYTES];
    guint16 family;
    guint32 type;

    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_GENERIC, error);
    if (!client || !find_family(client, &family, error))
        return FALSE;

    struct nlmsghdr *request = put_request(buffer, family, NL80211_CMD_GET_INTERFACE);
    mnl_attr_put_u32(request, NL80211_ATTR_IFINDEX, interface);
    if (!ask(client, request, NL80211_ATTR_IFTYPE, sizeof(type), &type, error))
        return FALSE;
    *ret = (enum nl80211_iftype)type;
    return TRUE;
}
