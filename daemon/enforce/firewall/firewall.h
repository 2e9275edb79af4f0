/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The enforcer that closes ports, with one nftables table, `inet secpold`, in the network
 * namespace of the process. Items: those with KERNEL_EFFECT_CLOSE_PORTS and
 * KERNEL_EFFECT_SNMP_V3_ONLY.
 *
 * The table stays when the enforcer is freed, and when the process dies. It goes when a plan closes
 * no port.
 */
#pragma once

#include "daemon/enforce/enforcer.h"

#include <systemd/sd-event.h>

/* Called with a socket that is to be kept across a restart in place of any other, once there are
 * rules; it stays the enforcer's. */
typedef void (*FirewallKeep)(int fd);

/* @stored_fd is the netlink socket of an earlier secpold, or -1; it is taken over. With it the
 * table that this one owned is still owned. Where there can be no socket, reconciling fails until
 * there is one. @keep: NULL where nobody could keep it. */
Enforcer *firewall_new(sd_event *event, int stored_fd, FirewallKeep keep);

/* What @item has refused since its chain was made; 0 while it has none. All counters are read at
 * once, and not more often than every 50 ms. */
gboolean firewall_counters(Enforcer *enforcer, guint item, guint64 *ret_packets, guint64 *ret_bytes,
                           GError **error);
