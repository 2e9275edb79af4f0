/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The newest refusals: the item chains of the firewall log what they drop to a netlink log group,
 * with the item's key as prefix, and this keeps the last of them. A convenience; whether a port is
 * closed does not depend on it, and under a flood refusals are left out.
 */
#pragma once

#include <net/if.h>
#include <systemd/sd-event.h>

#include "daemon/enforce/firewall/packet-summary.h"
#include "daemon/policy/plan.h"

#define BLOCKED_LOG_SIZE 256

typedef struct BlockedRefusal {
    guint64 realtime_usec;
    const CatalogItem *item;
    PacketSummary packet;
    char interface[IF_NAMESIZE]; /* came in by; "" for what this host sent itself */
} BlockedRefusal;

typedef struct BlockedLog BlockedLog;

/* Borrows @event, which has to outlive the log. */
BlockedLog *blocked_log_new(sd_event *event);
void blocked_log_free(BlockedLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BlockedLog, blocked_log_free)

/* Listens to the plan's log group while the plan closes any port, and to nothing otherwise. What
 * was heard before stays. Where listening does not succeed blocked_log_problem() says why, and the
 * next call tries again. */
void blocked_log_set_plan(BlockedLog *log, const Plan *plan);

/* Why nothing can be heard, or NULL; owned by @log, good until the next call. */
const char *blocked_log_problem(const BlockedLog *log);

/* How many refusals there are, at most BLOCKED_LOG_SIZE, and the one at @age, 0 being the newest;
 * good until control returns to the event loop. */
guint blocked_log_count(const BlockedLog *log);
const BlockedRefusal *blocked_log_get(const BlockedLog *log, guint age);
