/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as what the kernel says about wireless devices, families and links over netlink, and
 * about switches: read within their bounds, and what was read has an end. */
#include "daemon/enforce/wireless/nl80211-message.h"

#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <string.h>

#include "daemon/enforce/genl-family.h"
#include "daemon/enforce/wireless/link-state.h"
#include "daemon/enforce/wireless/rfkill-table.h"
#include "tests/fuzz/fuzz.h"

static void check_message(struct nlmsghdr *message)
{
    WirelessInterface interface;
    WirelessWiphy wiphy;
    GenlFamily family;
    guint32 index;
    gboolean up;

    if (nl80211_message_parse_interface(message, &interface))
        g_assert_nonnull(memchr(interface.name, '\0', sizeof(interface.name)));
    if (nl80211_message_parse_wiphy(message, &wiphy))
        g_assert_nonnull(memchr(wiphy.name, '\0', sizeof(wiphy.name)));
    if (genl_family_parse(message, NL80211_MULTICAST_GROUP_CONFIG, &family))
        g_assert_cmpuint(message->nlmsg_type, ==, GENL_ID_CTRL);
    if (link_state_parse(message, &index, &up))
        g_assert_cmpuint(message->nlmsg_len, >=, NLMSG_HDRLEN + sizeof(struct ifinfomsg));
}

static void check_switches(const uint8_t *data, size_t size)
{
    g_autoptr(RfkillTable) table = rfkill_table_new();

    for (size_t at = 0; at < size; at += 8)
        rfkill_table_apply(table, data + at, size - at);
    for (guint i = 1; i < table->switches->len; i++)
        g_assert_cmpuint(g_array_index(table->switches, RfkillSwitch, i - 1).index, <,
                         g_array_index(table->switches, RfkillSwitch, i).index);
}

static void check_link(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *radio = NULL, *path = NULL;

    if (rfkill_link_parse(text, &radio, &path))
        g_assert_true(g_str_has_suffix(path, radio) && g_str_has_prefix(path, "/devices/"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* As a socket hands it over: aligned. */
    g_autofree void *copy = g_memdup2(data, size);
    int left = (int)size;

    for (struct nlmsghdr *message = copy; nlmsg_ok(message, left);
         message = nlmsg_next(message, &left))
        check_message(message);
    check_switches(data, size);
    check_link(data, size);
    return 0;
}
