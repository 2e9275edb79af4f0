/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What nl80211's messages say, as far as secpold wants to know it. Pure; any bytes may come. */
#pragma once

#include <glib.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <net/if.h>

/* A wireless device in nl80211's sense: a network interface, or one that has none. */
typedef struct WirelessInterface {
    guint64 wdev;      /* the kernel's number for it until the next boot, whatever it is called and
                          wherever it is */
    guint32 radio;     /* number of its wiphy */
    guint32 interface; /* network interface index in this namespace; 0 where it has none */
    guint32 type;      /* enum nl80211_iftype */
    char name[IFNAMSIZ]; /* as the kernel has it, any bytes; "" where it has no interface */
    gboolean up;         /* not from these messages: rtnetlink tells */
} WirelessInterface;

typedef struct WirelessWiphy {
    guint32 radio;
    char name[NL80211_WIPHY_NAME_MAXLEN + 1];
} WirelessWiphy;

/* The message is whole as far as its header says. FALSE where it is about something else or lacks
 * what belongs in there. */
gboolean nl80211_message_parse_interface(struct nlmsghdr *message, WirelessInterface *ret);
gboolean nl80211_message_parse_wiphy(struct nlmsghdr *message, WirelessWiphy *ret);
