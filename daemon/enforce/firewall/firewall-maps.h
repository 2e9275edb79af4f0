/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The maps of the table: which port of which protocol leads to which chain. */
#pragma once

#include "daemon/enforce/firewall/firewall-ruleset.h"

#define MAP_CLOSED            "closed"
#define MAP_CLOSED_PREROUTING "closed-prerouting"
#define CHAIN_TO_THIS_HOST    "to-this-host"
#define CHAIN_FIRST_FRAGMENT  "ipv6-first-fragment"

/* Names of the range maps of a slot; NULL for FIREWALL_SLOT_NONE. */
const char *firewall_range_map(FirewallSlot slot);
const char *firewall_range_map_prerouting(FirewallSlot slot);

/* Whether any closure of the plan has so many ports that it needs the range maps. */
gboolean firewall_needs_range_maps(const Plan *plan);

/* Adds the maps that the plan needs, filled. */
void firewall_add_maps(FirewallRuleset *ruleset, const Plan *plan,
                       const FirewallParameters *parameters);

/* The protocol of a plan's closure that @closed is closed for: TCP or UDP. */
guint8 firewall_standing_protocol(guint8 closed);
