/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells what a pass over the radios has read back, and whom it had to stop. Pure. */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/wireless/wireless-rules.h"

typedef struct WirelessOutcome {
    const WirelessSystem *system; /* as read back */
    const WirelessRules *rules;
    const GArray *stopped; /* element type WirelessAction: what was put an end to */
    WirelessUse held;      /* prohibited uses that there were none of before the pass */
    WirelessUse fought;    /* uses that somebody takes up again whenever they are stopped */
    gint64 noticed;        /* the first sign of a change, CLOCK_MONOTONIC microseconds */
} WirelessOutcome;

/* A finding for each item that prohibits a use; a drift where it had held before. Returns the uses
 * that there are none of now and that nobody fights for: of a fight, drifts tell only the
 * beginning. */
WirelessUse wireless_report(const WirelessOutcome *outcome, EnforcerReport *report);
