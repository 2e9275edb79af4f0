/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Radios for tests, and what is decided about them as text. */
#pragma once

#include "daemon/enforce/wireless/wireless-decision.h"

/*
 * @text has a thing a line:
 *   radio NAME SWITCH [soft] [hard] [elsewhere]   SWITCH is "-" where it has none; numbered from 0
 *   key SWITCH [soft]                             a switch of no radio
 *   link NAME RADIO TYPE up|down                  its wdev is RADIO << 32 | line, its index the
 * line device RADIO TYPE                             has no network interface no-rfkill switches
 * cannot be reached TYPE is a number of enum nl80211_iftype; lines are counted from 1. All paths
 * are "/devices/NAME".
 */
WirelessSystem *make_system(const char *text);

/* "block 2 +blocked 2; down 4 +link 1 2": what is done, and what becomes of the record. */
char *actions_to_string(const GArray *actions);
