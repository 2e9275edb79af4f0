/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chains of the table and their rules, and the counters that the rules count with. */
#pragma once

#include "daemon/enforce/firewall-ruleset.h"

/* Adds all chains and counters; the maps that the rules ask must be in @ruleset. */
void firewall_add_chains(FirewallRuleset *ruleset, const Plan *plan,
                         const FirewallParameters *parameters);
