/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/genl-family.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <string.h>

typedef struct Search {
    const char *group;
    GenlFamily *family;
    gboolean found;
} Search;

static guint32 find_group(struct nlattr *groups, const char *name)
{
    static const struct nla_policy policy[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
        [CTRL_ATTR_MCAST_GRP_NAME] = {.type = NLA_NUL_STRING},
        [CTRL_ATTR_MCAST_GRP_ID] = {.type = NLA_U32},
    };
    struct nlattr *group;
    int left;

    nla_for_each_nested(group, groups, left)
    {
        struct nlattr *parts[CTRL_ATTR_MCAST_GRP_MAX + 1];

        if (nla_parse_nested(parts, CTRL_ATTR_MCAST_GRP_MAX, group, policy) >= 0 &&
            parts[CTRL_ATTR_MCAST_GRP_NAME] && parts[CTRL_ATTR_MCAST_GRP_ID] &&
            nla_strcmp(parts[CTRL_ATTR_MCAST_GRP_NAME], name) == 0)
            return nla_get_u32(parts[CTRL_ATTR_MCAST_GRP_ID]);
    }
    return 0;
}

gboolean genl_family_parse(struct nlmsghdr *message, const char *group, GenlFamily *ret)
{
    static const struct nla_policy policy[CTRL_ATTR_MCAST_GROUPS + 1] = {
        [CTRL_ATTR_FAMILY_ID] = {.type = NLA_U16},
        [CTRL_ATTR_MCAST_GROUPS] = {.type = NLA_NESTED},
    };
    struct nlattr *attributes[CTRL_ATTR_MCAST_GROUPS + 1];

    if (message->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(message, 0) ||
        genlmsg_parse(message, 0, attributes, CTRL_ATTR_MCAST_GROUPS, policy) < 0 ||
        !attributes[CTRL_ATTR_FAMILY_ID])
        return FALSE;
    *ret = (GenlFamily){.id = nla_get_u16(attributes[CTRL_ATTR_FAMILY_ID])};
    if (group && attributes[CTRL_ATTR_MCAST_GROUPS])
        ret->group = find_group(attributes[CTRL_ATTR_MCAST_GROUPS], group);
    return TRUE;
}

static void visit(struct nlmsghdr *message, gpointer data)
{
    Search *search = data;

    if (genl_family_parse(message, search->group, search->family))
        search->found = TRUE;
}

gboolean genl_family_find(NlSocket *nl, const char *name, const char *group, GenlFamily *ret,
                          GError **error)
{
    g_autoptr(NlMessage) request = nlmsg_alloc();
    GenlFamily family;
    Search search = {.group = group, .family = &family};

    g_assert(request);
    genlmsg_put(request, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0, CTRL_CMD_GETFAMILY, 1);
    nla_put_string(request, CTRL_ATTR_FAMILY_NAME, name);
    if (!nl_request_run(nl, request, visit, &search, error))
        return FALSE;
    if (!search.found) {
        g_set_error(error, NL_REQUEST_ERROR, EPROTO,
                    "The kernel's answer on the netlink family %s lacks its number", name);
        return FALSE;
    }
    *ret = family;
    return TRUE;
}
