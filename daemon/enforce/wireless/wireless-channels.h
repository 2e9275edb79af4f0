/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel is heard and spoken to through about radios, for as long as that is needed. */
#pragma once

#include "daemon/enforce/nl-request.h"
#include "daemon/enforce/wireless/wireless-monitor.h"

typedef struct WirelessChannels {
    WirelessMonitor *monitor;
    NlSocket *links; /* NETLINK_ROUTE */
    Rfkill *rfkill;  /* NULL where it is not needed, or cannot be had ... */
    char *obstacle;  /* ... and why not; NULL where nothing needs saying */
} WirelessChannels;

/*
 * Opens what is not open yet; all zero at first. @notify and @data as for the monitor. Switches are
 * opened where the kernel has any, and with @load_switches also where its module has to be loaded
 * for that; not to have them is no failure.
 */
gboolean wireless_channels_open(WirelessChannels *channels, sd_event *event,
                                WirelessMonitorNotify notify, gpointer data, gboolean load_switches,
                                GError **error);

/* Afterwards all is zero again. */
void wireless_channels_close(WirelessChannels *channels);
