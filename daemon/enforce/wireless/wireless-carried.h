/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which radios secpold has blocked, for after a reboot. A block is forgotten by the kernel then,
 * but systemd-rfkill puts it back, and it would be taken for an administrator's: the radio would
 * stay blocked when the policy is lifted. So the paths of these radios' devices are kept in a
 * RunRecord of the state directory, which outlives the boot. Pure.
 */
#pragma once

#include "daemon/enforce/run-record.h"
#include "daemon/enforce/wireless/wireless-rules.h"

/* Takes the blocks that were carried over for secpold's own: they go into @record. With @late, also
 * those that it names as somebody else's, as that was noted before @carried could be read. */
void wireless_carried_adopt(const RunRecord *carried, const WirelessSystem *system, gboolean late,
                            RunRecord *record);

/* Makes @carried name the radios that are blocked by secpold now, after @record. Those that are not
 * there stay in it while anything is prohibited, and all where switches cannot be reached. */
void wireless_carried_update(RunRecord *carried, const WirelessSystem *system,
                             const WirelessRules *rules, const RunRecord *record);
