/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Radios and what they are used for, in words. Pure. */
#pragma once

#include "daemon/enforce/wireless/wireless-rules.h"
#include "daemon/policy/item-state.h"

/* "wlan0: station was up", "phy0: Wi-Fi Direct device was there". Free with g_free(). */
char *wireless_text_of_use(const WirelessSystem *system, const WirelessInterface *interface);

/* What was read back about one prohibited use. */
typedef struct WirelessFinding {
    Verdict verdict;
    char *detail; /* "wlan0: station down; phy0: blocked" */
} WirelessFinding;

void wireless_finding_clear(WirelessFinding *finding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(WirelessFinding, wireless_finding_clear)

/* @use is one of the prohibited uses. Holds where none of its interfaces is up, and every radio
 * that has to be blocked is. */
void wireless_finding_make(const WirelessSystem *system, const WirelessRules *rules,
                           WirelessUse use, WirelessFinding *ret);
