/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must be done to make one ruleset the other, and what is different about it in words: pure.
 * First build, change of policy, repair and adoption after a restart are all this one comparison.
 *
 * What stands and is right is not touched, so counters go on counting and no packet slips through:
 * maps get and lose single elements; a chain whose rules differ gets all of them anew in one go,
 * which the kernel swaps as a whole. Only where the table's flags, a hook or the definition of a
 * map differ is the whole table replaced, since the kernel cannot change those.
 *
 * Interval maps must not be amended (see FirewallSlot): let @want have its ranges in the other
 * slot where they differ.
 */
#pragma once

#include "daemon/enforce/firewall/firewall-operation.h"
#include "daemon/policy/plan.h"

typedef enum FirewallConcern {
    FIREWALL_CONCERNS_NOBODY, /* superfluous, but nothing is open for it */
    FIREWALL_CONCERNS_ITEM,
    FIREWALL_CONCERNS_PORTS,
    FIREWALL_CONCERNS_EVERYBODY,
} FirewallConcern;

typedef struct FirewallDifference {
    FirewallConcern concern;
    guint item;          /* FIREWALL_CONCERNS_ITEM */
    ProtocolPorts ports; /* FIREWALL_CONCERNS_PORTS: TCP stands for SCTP, UDP for DCCP, UDP-Lite */
    char *text;          /* "map closed lacks tcp 515" */
} FirewallDifference;

typedef struct FirewallDiff {
    GArray *operations;  /* element type FirewallOperation, in the order to send them */
    GArray *differences; /* element type FirewallDifference */
} FirewallDiff;

/* Both rulesets must outlive the diff. */
FirewallDiff *firewall_diff_new(const FirewallRuleset *have, const FirewallRuleset *want);
void firewall_diff_free(FirewallDiff *diff);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FirewallDiff, firewall_diff_free)

/* Whether the diff replaces a table that is there. */
gboolean firewall_diff_replaces(const FirewallDiff *diff);

/* Whether the difference is about something that @item of @plan needs. */
gboolean firewall_difference_concerns(const FirewallDifference *difference, const Plan *plan,
                                      guint item);
