/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of nftables. Each tries for real in the calling thread's network namespace, in a table
 * "secpold-probe" that must not be there before and is gone afterwards. They fail with NFT_ERROR
 * as the kernel refuses, or with PROBE_ERROR where it agrees and then does something else. */
#pragma once

#include <glib.h>

gboolean probe_tables(GError **error);         /* tables of the inet family */
gboolean probe_hooks(GError **error);          /* base chains as secpold has them */
gboolean probe_named_counters(GError **error); /* rules that count in a named counter */
gboolean probe_fib(GError **error);            /* rules that ask what type an address has */
gboolean probe_limit(GError **error);          /* rules for so many packets a second */
gboolean probe_log(GError **error);            /* rules that log to a netlink log group */
gboolean probe_maps(GError **error);           /* from protocol and port to a verdict */
gboolean probe_range_maps(GError **error);     /* the same for ranges of ports */
gboolean probe_owner(GError **error);          /* tables that only their owner changes */
gboolean probe_persist(GError **error);        /* and that outlive the owner */
gboolean probe_notification(GError **error);   /* being told of changes that others make */
gboolean probe_whole_table(GError **error);    /* secpold's own table, all its ports closed */
