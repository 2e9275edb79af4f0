/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/nl80211-message.h"

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

/* The last one that is read; the kernel sends many more, which are passed over. */
#define LAST_ATTRIBUTE NL80211_ATTR_WDEV

typedef struct nlattr *Attributes[LAST_ATTRIBUTE + 1];

static const struct nla_policy policy[LAST_ATTRIBUTE + 1] = {
    [NL80211_ATTR_WIPHY] = {.type = NLA_U32},   [NL80211_ATTR_WIPHY_NAME] = {.type = NLA_STRING},
    [NL80211_ATTR_IFINDEX] = {.type = NLA_U32}, [NL80211_ATTR_IFNAME] = {.type = NLA_STRING},
    [NL80211_ATTR_IFTYPE] = {.type = NLA_U32},  [NL80211_ATTR_WDEV] = {.type = NLA_U64},
};

static gboolean parse(struct nlmsghdr *message, guint8 command, Attributes ret)
{
    if (!genlmsg_valid_hdr(message, 0) || genlmsg_hdr(message)->cmd != command)
        return FALSE;
    return genlmsg_parse(message, 0, ret, LAST_ATTRIBUTE, policy) >= 0;
}

gboolean nl80211_message_parse_interface(struct nlmsghdr *message, WirelessInterface *ret)
{
    Attributes attributes;

    if (!parse(message, NL80211_CMD_NEW_INTERFACE, attributes) || !attributes[NL80211_ATTR_WIPHY] ||
        !attributes[NL80211_ATTR_WDEV] || !attributes[NL80211_ATTR_IFTYPE])
        return FALSE;
    *ret = (WirelessInterface){
        .wdev = nla_get_u64(attributes[NL80211_ATTR_WDEV]),
        .radio = nla_get_u32(attributes[NL80211_ATTR_WIPHY]),
        .type = nla_get_u32(attributes[NL80211_ATTR_IFTYPE]),
    };
    if (attributes[NL80211_ATTR_IFINDEX])
        ret->interface = nla_get_u32(attributes[NL80211_ATTR_IFINDEX]);
    if (attributes[NL80211_ATTR_IFNAME])
        nla_strlcpy(ret->name, attributes[NL80211_ATTR_IFNAME], sizeof(ret->name));
    return TRUE;
}

gboolean nl80211_message_parse_wiphy(struct nlmsghdr *message, WirelessWiphy *ret)
{
    Attributes attributes;

    if (!parse(message, NL80211_CMD_NEW_WIPHY, attributes) || !attributes[NL80211_ATTR_WIPHY] ||
        !attributes[NL80211_ATTR_WIPHY_NAME])
        return FALSE;
    *ret = (WirelessWiphy){.radio = nla_get_u32(attributes[NL80211_ATTR_WIPHY])};
    nla_strlcpy(ret->name, attributes[NL80211_ATTR_WIPHY_NAME], sizeof(ret->name));
    return TRUE;
}
