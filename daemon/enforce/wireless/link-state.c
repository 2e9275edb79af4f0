/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/link-state.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>

typedef struct Search {
    guint32 interface;
    gboolean found;
    gboolean up;
} Search;

gboolean link_state_parse(struct nlmsghdr *message, guint32 *ret_interface, gboolean *ret_up)
{
    if ((message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK) ||
        !nlmsg_valid_hdr(message, sizeof(struct ifinfomsg)))
        return FALSE;
    const struct ifinfomsg *link = nlmsg_data(message);
    *ret_interface = (guint32)link->ifi_index;
    *ret_up = (link->ifi_flags & IFF_UP) != 0;
    return TRUE;
}

static NlMessage *request_new(int type, const struct ifinfomsg *link)
{
    NlMessage *request = nlmsg_alloc_simple(type, 0);

    g_assert(request);
    nlmsg_append(request, (void *)link, sizeof(*link), NLMSG_ALIGNTO);
    return request;
}

static void visit(struct nlmsghdr *message, gpointer data)
{
    Search *search = data;
    guint32 interface;
    gboolean up;

    if (link_state_parse(message, &interface, &up) && interface == search->interface) {
        search->found = TRUE;
        search->up = up;
    }
}

gboolean link_state_read(NlSocket *nl, guint32 interface, gboolean *ret_up, GError **error)
{
    const struct ifinfomsg link = {.ifi_index = (int)interface};
    g_autoptr(NlMessage) request = request_new(RTM_GETLINK, &link);
    Search search = {.interface = interface};

    /* Counting what went over the interface takes the kernel longer than all the rest. */
    nla_put_u32(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    if (!nl_request_run(nl, request, visit, &search, error))
        return FALSE;
    if (!search.found) {
        g_set_error(error, NL_REQUEST_ERROR, EPROTO,
                    "The kernel's answer on interface %u lacks its state", interface);
        return FALSE;
    }
    *ret_up = search.up;
    return TRUE;
}

gboolean link_state_set(NlSocket *nl, guint32 interface, gboolean up, GError **error)
{
    const struct ifinfomsg link = {
        .ifi_index = (int)interface,
        .ifi_flags = up ? IFF_UP : 0,
        .ifi_change = IFF_UP,
    };
    g_autoptr(NlMessage) request = request_new(RTM_NEWLINK, &link);

    return nl_request_run(nl, request, NULL, NULL, error);
}
