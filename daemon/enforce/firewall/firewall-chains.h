/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chains of the table and their rules, and the counters that the rules count with. */
#pragma once

#include "daemon/enforce/firewall/firewall-ruleset.h"

/* The first place on the way in and on the way out, and the last one before a socket. */
#define FIREWALL_PREROUTING_PRIORITY G_MININT32
#define FIREWALL_INPUT_PRIORITY      G_MAXINT32
#define FIREWALL_OUTPUT_PRIORITY     G_MININT32

/* Adds all chains and counters; the maps that the rules ask must be in @ruleset. */
void firewall_add_chains(FirewallRuleset *ruleset, const Plan *plan,
                         const FirewallParameters *parameters);
