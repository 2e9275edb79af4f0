/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a diff that leaves the table in place: used by firewall-diff.c only. */
#pragma once

#include "daemon/enforce/firewall/firewall-diff.h"

/* Appends the operations, in an order in which each finds what it refers to, and reports the
 * differences. */
void firewall_diff_amend(FirewallDiff *diff, const FirewallRuleset *have,
                         const FirewallRuleset *want);

/* Takes over the operation's elements. */
void firewall_diff_operate(FirewallDiff *diff, FirewallOperation operation);

/* Reports @difference, whose text is made from @format. */
void firewall_diff_report(FirewallDiff *diff, FirewallDifference difference, const char *format,
                          ...) G_GNUC_PRINTF(3, 4);
