/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of nl80211, of generic netlink's controller and of rtnetlink, whole and broken. */
#include "daemon/enforce/wireless/nl80211-message.h"

#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <string.h>

#include "daemon/enforce/genl-family.h"
#include "daemon/enforce/wireless/link-state.h"

#define FAMILY 30

static NlMessage *message_new(int family, guint8 command)
{
    NlMessage *message = nlmsg_alloc();

    genlmsg_put(message, 1, 1, family, 0, 0, command, 1);
    return message;
}

static NlMessage *interface_new(void)
{
    NlMessage *message = message_new(FAMILY, NL80211_CMD_NEW_INTERFACE);

    nla_put_u32(message, NL80211_ATTR_WIPHY, 3);
    nla_put_u32(message, NL80211_ATTR_IFINDEX, 17);
    nla_put_string(message, NL80211_ATTR_IFNAME, "wlan0");
    nla_put_u32(message, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_AP);
    nla_put_u64(message, NL80211_ATTR_WDEV, 0x300000001);
    nla_put_u32(message, NL80211_ATTR_GENERATION, 9);
    return message;
}

static void test_interface(void)
{
    g_autoptr(NlMessage) message = interface_new();
    WirelessInterface interface;

    g_assert_true(nl80211_message_parse_interface(nlmsg_hdr(message), &interface));
    g_assert_cmpuint(interface.wdev, ==, 0x300000001);
    g_assert_cmpuint(interface.radio, ==, 3);
    g_assert_cmpuint(interface.interface, ==, 17);
    g_assert_cmpuint(interface.type, ==, NL80211_IFTYPE_AP);
    g_assert_cmpstr(interface.name, ==, "wlan0");
    g_assert_false(interface.up);
}

static void test_device_without_interface(void)
{
    g_autoptr(NlMessage) message = message_new(FAMILY, NL80211_CMD_NEW_INTERFACE);
    WirelessInterface interface;

    nla_put_u32(message, NL80211_ATTR_WIPHY, 0);
    nla_put_u32(message, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_P2P_DEVICE);
    g_assert_false(nl80211_message_parse_interface(nlmsg_hdr(message), &interface));
    nla_put_u64(message, NL80211_ATTR_WDEV, 2);
    g_assert_true(nl80211_message_parse_interface(nlmsg_hdr(message), &interface));
    g_assert_cmpuint(interface.interface, ==, 0);
    g_assert_cmpstr(interface.name, ==, "");
}

/* A name that is too long or lacks its end, numbers of the wrong size. */
static void test_broken_attributes(void)
{
    static const char name[64] = "this name is longer than any name of an interface may be";
    g_autoptr(NlMessage) message = interface_new();
    g_autoptr(NlMessage) wrong = interface_new();
    g_autoptr(NlMessage) endless = interface_new();
    WirelessInterface interface;

    nla_put(message, NL80211_ATTR_IFNAME, sizeof(name), name);
    g_assert_true(nl80211_message_parse_interface(nlmsg_hdr(message), &interface));
    g_assert_cmpuint(strlen(interface.name), ==, IFNAMSIZ - 1);
    nla_put(wrong, NL80211_ATTR_WDEV, 4, name);
    g_assert_false(nl80211_message_parse_interface(nlmsg_hdr(wrong), &interface));
    nla_put(endless, NL80211_ATTR_IFNAME, 4, name);
    g_assert_false(nl80211_message_parse_interface(nlmsg_hdr(endless), &interface));
}

static void test_wiphy(void)
{
    g_autoptr(NlMessage) message = message_new(FAMILY, NL80211_CMD_NEW_WIPHY);
    WirelessWiphy wiphy;

    nla_put_u32(message, NL80211_ATTR_WIPHY, 3);
    g_assert_false(nl80211_message_parse_wiphy(nlmsg_hdr(message), &wiphy));
    nla_put_string(message, NL80211_ATTR_WIPHY_NAME, "phy3");
    g_assert_true(nl80211_message_parse_wiphy(nlmsg_hdr(message), &wiphy));
    g_assert_cmpuint(wiphy.radio, ==, 3);
    g_assert_cmpstr(wiphy.name, ==, "phy3");
}

static void test_other_commands(void)
{
    g_autoptr(NlMessage) interface = interface_new();
    g_autoptr(NlMessage) empty = nlmsg_alloc_simple(FAMILY, 0);
    WirelessWiphy wiphy;
    WirelessInterface parsed;

    g_assert_false(nl80211_message_parse_wiphy(nlmsg_hdr(interface), &wiphy));
    g_assert_false(nl80211_message_parse_interface(nlmsg_hdr(empty), &parsed));
}

/* Every shorter beginning of a message is refused or read within its bounds. */
static void test_cut_messages(void)
{
    g_autoptr(NlMessage) message = interface_new();
    const struct nlmsghdr *whole = nlmsg_hdr(message);
    WirelessInterface interface;

    for (guint32 length = NLMSG_HDRLEN; length < whole->nlmsg_len; length++) {
        g_autofree struct nlmsghdr *cut = g_memdup2(whole, length);
        cut->nlmsg_len = length;
        nl80211_message_parse_interface(cut, &interface);
    }
}

static void put_group(NlMessage *message, const char *name, guint32 id)
{
    struct nlattr *group = nla_nest_start(message, 1);

    nla_put_string(message, CTRL_ATTR_MCAST_GRP_NAME, name);
    nla_put_u32(message, CTRL_ATTR_MCAST_GRP_ID, id);
    nla_nest_end(message, group);
}

static void test_family(void)
{
    g_autoptr(NlMessage) message = message_new(GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
    GenlFamily family;

    g_assert_false(genl_family_parse(nlmsg_hdr(message), "config", &family));
    nla_put_u16(message, CTRL_ATTR_FAMILY_ID, FAMILY);
    struct nlattr *groups = nla_nest_start(message, CTRL_ATTR_MCAST_GROUPS);
    put_group(message, "scan", 8);
    put_group(message, "config", 9);
    nla_nest_end(message, groups);

    g_assert_true(genl_family_parse(nlmsg_hdr(message), "config", &family));
    g_assert_cmpuint(family.id, ==, FAMILY);
    g_assert_cmpuint(family.group, ==, 9);
    g_assert_true(genl_family_parse(nlmsg_hdr(message), "none", &family));
    g_assert_cmpuint(family.group, ==, 0);
    nlmsg_hdr(message)->nlmsg_type = FAMILY;
    g_assert_false(genl_family_parse(nlmsg_hdr(message), "config", &family));
}

/* The kernel that this runs on has the family that all others are asked from. */
static void test_family_of_the_kernel(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NlSocket) nl = nl_request_open(NETLINK_GENERIC, &error);
    GenlFamily family;

    g_assert_no_error(error);
    g_assert_true(genl_family_find(nl, "nlctrl", "notify", &family, &error));
    g_assert_cmpuint(family.id, ==, GENL_ID_CTRL);
    g_assert_cmpuint(family.group, !=, 0);
    g_assert_false(genl_family_find(nl, "no such family", NULL, &family, &error));
    g_assert_error(error, NL_REQUEST_ERROR, ENOENT);
}

static void test_link(void)
{
    const struct ifinfomsg link = {.ifi_index = 17, .ifi_flags = IFF_UP | IFF_RUNNING};
    g_autoptr(NlMessage) message = nlmsg_alloc_simple(RTM_NEWLINK, 0);
    guint32 interface;
    gboolean up;

    g_assert_false(link_state_parse(nlmsg_hdr(message), &interface, &up));
    nlmsg_append(message, (void *)&link, sizeof(link), NLMSG_ALIGNTO);
    g_assert_true(link_state_parse(nlmsg_hdr(message), &interface, &up));
    g_assert_cmpuint(interface, ==, 17);
    g_assert_true(up);
    nlmsg_hdr(message)->nlmsg_type = RTM_NEWADDR;
    g_assert_false(link_state_parse(nlmsg_hdr(message), &interface, &up));
}

static void test_link_of_the_kernel(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(NlSocket) nl = nl_request_open(NETLINK_ROUTE, &error);
    gboolean up;

    g_assert_no_error(error);
    g_assert_true(link_state_read(nl, if_nametoindex("lo"), &up, &error));
    g_assert_false(link_state_read(nl, G_MAXINT32, &up, &error));
    g_assert_error(error, NL_REQUEST_ERROR, ENODEV);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nl80211-message/interface", test_interface);
    g_test_add_func("/nl80211-message/device-without-interface", test_device_without_interface);
    g_test_add_func("/nl80211-message/broken-attributes", test_broken_attributes);
    g_test_add_func("/nl80211-message/wiphy", test_wiphy);
    g_test_add_func("/nl80211-message/other-commands", test_other_commands);
    g_test_add_func("/nl80211-message/cut-messages", test_cut_messages);
    g_test_add_func("/genl-family/parse", test_family);
    g_test_add_func("/genl-family/of-the-kernel", test_family_of_the_kernel);
    g_test_add_func("/link-state/parse", test_link);
    g_test_add_func("/link-state/of-the-kernel", test_link_of_the_kernel);
    return g_test_run();
}
