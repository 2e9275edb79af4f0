/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Notices who takes a radio into use again whenever it is stopped. It is stopped anew each time,
 * but as that may cost only so much, it is in use in between: the prohibition does not hold. Pure.
 */
#pragma once

#include <glib.h>

#include "daemon/enforce/wireless/wireless-use.h"

/* More passes than this in one second that had to stop something are a fight. A program that merely
 * tries again after a failure makes a few. */
#define WIRELESS_FIGHT_STOPS_PER_SECOND 10

/* It is over when nothing had to be stopped for as long as this. */
#define WIRELESS_FIGHT_PAUSE_USEC G_TIME_SPAN_SECOND

/* All zero at first. */
typedef struct WirelessFight {
    gint64 paid_until; /* each pass costs its share of a second */
    gint64 until;      /* when the fight is over, if nothing comes */
    WirelessUse uses;  /* that were stopped in it */
} WirelessFight;

/* A pass has put an end to @stopped. @now: CLOCK_MONOTONIC microseconds, as below. */
void wireless_fight_note(WirelessFight *fight, WirelessUse stopped, gint64 now);

/* The uses that are fought for; none where there is no fight. */
WirelessUse wireless_fight_uses(const WirelessFight *fight, gint64 now);
