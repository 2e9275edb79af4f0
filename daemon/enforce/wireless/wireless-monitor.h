/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches for changes to wireless devices and radios: what nl80211 announces, links that go up or
 * down (no program says that it starts an access point, but the link goes up), and switches. What a
 * message says is not used: it only means "look again". A flood costs a bounded share of a
 * processor; the first of it is acted on at once.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/wireless/rfkill.h"

typedef struct WirelessMonitor WirelessMonitor;
typedef void (*WirelessMonitorNotify)(gpointer data);

/* Errors: NL_REQUEST_ERROR. */
WirelessMonitor *wireless_monitor_new(sd_event *event, WirelessMonitorNotify notify, gpointer data,
                                      GError **error);
void wireless_monitor_free(WirelessMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WirelessMonitor, wireless_monitor_free)

/* Listens to nl80211, whose number is another one whenever the kernel's module comes anew. Nothing
 * is done where it has none, or where that is listened to already. */
void wireless_monitor_follow_family(WirelessMonitor *monitor);

/* Whose links matter: element type WirelessInterface. Those of any other are passed over when they
 * are read, so call this whenever the interfaces have been listed, before messages are read again.
 */
void wireless_monitor_follow_links(WirelessMonitor *monitor, const GArray *interfaces);

/* Has to outlive the monitor, or be replaced by NULL before it goes. */
gboolean wireless_monitor_follow_switches(WirelessMonitor *monitor, Rfkill *rfkill, GError **error);

/* When the first change since the last call was noticed (CLOCK_MONOTONIC microseconds), or 0.
 * Messages that wait are read first, without notifying. */
gint64 wireless_monitor_take_noticed(WirelessMonitor *monitor);
