/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a wireless interface is used as, and which kind of connection that is. Pure. */
#pragma once

#include <glib.h>

/* A set: bits of it. */
typedef enum WirelessUse {
    WIRELESS_USE_NONE = 0,
    WIRELESS_USE_DIRECT = 1 << 0, /* others connect to this device, past the managed network */
    WIRELESS_USE_LAN = 1 << 1,    /* this device joins a wireless network */
    WIRELESS_USE_ANY = WIRELESS_USE_DIRECT | WIRELESS_USE_LAN,
} WirelessUse;

/*
 * By the type of the interface (enum nl80211_iftype). Access points, the VLANs on them, Wi-Fi
 * Direct and neighbour awareness are direct; stations, mesh points, ad hoc networks, the old
 * bridges between access points and vehicle networks are LAN.
 *
 * A monitor is both: whoever has one can send any frame through it, and so be an access point or a
 * station of his own making that the kernel knows nothing of. So is a type that is not known here.
 */
WirelessUse wireless_use_of_type(guint32 type);

/* "station", "access point" ...; never NULL. */
const char *wireless_type_to_string(guint32 type);
