/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ProhibitDirectConnection and ProhibitWirelessLan: no interface of a prohibited use is up, and a
 * radio that has no use left is blocked. What the items do not name goes on working, also on the
 * same radio. See wireless-decision.h for what is done, wireless-use.h for what is what.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/uevent-monitor.h"
#include "daemon/enforce/wireless/wireless-store.h"

/* What was done is kept in this file of the runtime directory. */
#define WIRELESS_RECORD_FILE "wireless"

/* What of it comes back after a reboot is kept in this file of the state directory. */
#define WIRELESS_CARRIED_FILE "blocked-radios"

/* Never fails. @monitor and @is_there may be NULL; the latter is asked about the state directory.
 * While nothing is prohibited and nothing is to be taken back, it neither listens nor looks at
 * anything. */
Enforcer *wireless_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory,
                       const char *state_directory, WirelessStoreIsThere is_there);
