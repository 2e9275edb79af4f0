/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-use.h"

#include <linux/nl80211.h>

static const struct {
    WirelessUse use;
    const char *name;
} types[] = {
    [NL80211_IFTYPE_ADHOC] = {WIRELESS_USE_LAN, "ad hoc network"},
    [NL80211_IFTYPE_STATION] = {WIRELESS_USE_LAN, "station"},
    [NL80211_IFTYPE_AP] = {WIRELESS_USE_DIRECT, "access point"},
    [NL80211_IFTYPE_AP_VLAN] = {WIRELESS_USE_DIRECT, "VLAN of an access point"},
    [NL80211_IFTYPE_WDS] = {WIRELESS_USE_LAN, "wireless bridge"},
    [NL80211_IFTYPE_MONITOR] = {WIRELESS_USE_ANY, "monitor"},
    [NL80211_IFTYPE_MESH_POINT] = {WIRELESS_USE_LAN, "mesh point"},
    [NL80211_IFTYPE_P2P_CLIENT] = {WIRELESS_USE_DIRECT, "Wi-Fi Direct client"},
    [NL80211_IFTYPE_P2P_GO] = {WIRELESS_USE_DIRECT, "Wi-Fi Direct group owner"},
    [NL80211_IFTYPE_P2P_DEVICE] = {WIRELESS_USE_DIRECT, "Wi-Fi Direct device"},
    [NL80211_IFTYPE_OCB] = {WIRELESS_USE_LAN, "vehicle network"},
    [NL80211_IFTYPE_NAN] = {WIRELESS_USE_DIRECT, "neighbour awareness device"},
};

static gboolean is_known(guint32 type)
{
    return type < G_N_ELEMENTS(types) && types[type].name;
}

WirelessUse wireless_use_of_type(guint32 type)
{
    return is_known(type) ? types[type].use : WIRELESS_USE_ANY;
}

const char *wireless_type_to_string(guint32 type)
{
    return is_known(type) ? types[type].name : "interface of an unknown type";
}
