/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has to be done to radios: pure, from what is, what is prohibited and what secpold has done
 * before. */
#pragma once

#include "daemon/enforce/wireless/wireless-record.h"
#include "daemon/enforce/wireless/wireless-rules.h"

/* In the order in which they are done. */
typedef enum WirelessActionKind {
    WIRELESS_UNBLOCK_ALL,
    WIRELESS_BLOCK_ALL,
    WIRELESS_BLOCK,     /* @object: a switch */
    WIRELESS_DELETE,    /* @object: the wdev of a device without a network interface */
    WIRELESS_LINK_DOWN, /* @object: an interface's index */
    WIRELESS_UNBLOCK,   /* @object: a switch */
    WIRELESS_LINK_UP,   /* @object: an interface's index */
    WIRELESS_RECORD,    /* nothing but what becomes of the record */
} WirelessActionKind;

typedef enum WirelessMemory {
    WIRELESS_LEAVE,    /* no change */
    WIRELESS_REMEMBER, /* @entry goes into the record, before it is done */
    WIRELESS_FORGET,   /* @entry goes out of it, once it is done or cannot be done any more, or
                          is given up */
} WirelessMemory;

typedef struct WirelessAction {
    WirelessActionKind kind;
    guint64 object;
    WirelessUse uses; /* on account of which prohibitions; none where something is lifted */
    WirelessMemory memory;
    WirelessRecordEntry entry;
    char *found; /* what is being put an end to: "wlan0: station was up"; or NULL */
} WirelessAction;

/*
 * Element type WirelessAction; empty where everything is as it has to be. Free with
 * g_array_unref().
 *
 * Of a radio without any use left, the switch is set, which ends all its uses and keeps every
 * program from starting one. Interfaces that this takes down are set down as well, so that the
 * record has them. Otherwise, single interfaces are set down, which also ends what an access point
 * sends; and what has no interface is deleted, as nothing tells when it is started again.
 *
 * What secpold did is taken back where it is not prohibited any more: a link comes up again if it
 * is still down and still of the same type, and nobody else has blocked its radio.
 */
GArray *wireless_decide(const WirelessSystem *system, const WirelessRules *rules,
                        const GArray *record);
