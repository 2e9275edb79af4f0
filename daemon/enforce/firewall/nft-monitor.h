/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watches for changes that others make to certain tables of the inet family, and for chains of any
 * table that come before or after all others. What a message says
 * is not used: it only means "look again". A flood of changes to any table of the machine costs a
 * bounded share of a processor; the first one is acted on at once.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

typedef struct NftMonitor NftMonitor;
typedef void (*NftMonitorNotify)(gpointer data);

/* @tables: names, NULL-terminated, which must outlive the monitor. Changes made by the netlink port
 * @own_port_id are not reported. Where messages were lost, everything may have changed. */
NftMonitor *nft_monitor_new(sd_event *event, const char *const *tables, guint32 own_port_id,
                            NftMonitorNotify notify, gpointer data, GError **error);
void nft_monitor_free(NftMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftMonitor, nft_monitor_free)

/* When the first change since the last call was noticed (CLOCK_MONOTONIC microseconds), or 0.
 * Messages that wait in the socket are read first, without notifying. */
gint64 nft_monitor_take_noticed(NftMonitor *monitor);
