/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The radios of this device and what they are used for, as read from the kernel. */
#pragma once

#include "daemon/enforce/wireless/nl80211-message.h"
#include "daemon/enforce/wireless/rfkill-table.h"

/* Stands for "has no rfkill switch". */
#define WIRELESS_NO_SWITCH (-1)

typedef struct WirelessRadio {
    guint32 number;    /* of its wiphy; meaningless where it is not in sight */
    char *name;        /* "phy0", as the kernel has it, any bytes */
    char *path;        /* below /sys, "/devices/..."; NULL where it is not known */
    gboolean in_sight; /* in this network namespace, so that its use is known */
    gint64 rfkill;     /* index of its switch, or WIRELESS_NO_SWITCH */
} WirelessRadio;

typedef struct WirelessSystem {
    gboolean supported; /* the kernel has wireless devices at all */
    gboolean rfkill;    /* switches can be read and set */
    char *obstacle;     /* why not; NULL where nothing needs saying */
    GArray *radios;     /* element type WirelessRadio */
    GArray *interfaces; /* element type WirelessInterface; all of radios in sight */
    GArray *switches;   /* element type RfkillSwitch; those of anything for wireless LAN */
} WirelessSystem;

WirelessSystem *wireless_system_new(void);
void wireless_system_free(WirelessSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WirelessSystem, wireless_system_free)

/* Takes the strings over. */
void wireless_system_add_radio(WirelessSystem *system, const WirelessRadio *radio);

/* NULL where there is none. */
const WirelessRadio *wireless_system_find_radio(const WirelessSystem *system, guint32 number);
const WirelessInterface *wireless_system_find_interface(const WirelessSystem *system, guint64 wdev);
const RfkillSwitch *wireless_system_find_switch(const WirelessSystem *system, gint64 index);

/* Of the switch of this radio; FALSE where it has none. */
gboolean wireless_system_is_blocked(const WirelessSystem *system, const WirelessRadio *radio);
