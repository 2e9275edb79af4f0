/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the kernel's table follow a plan: reads it, compares it with what is wanted, commits the
 * difference and reads it again.
 *
 * The table is called "secpold". Where another program owns a table of that name, "secpold-2" is
 * used until the name is free. Where the kernel has tables that only their owner can change and
 * that outlive it, and the plan wants that, the table is such a one. Where the kernel cannot have
 * the whole table, it gets one that closes the ports with less.
 */
#pragma once

#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/nft-socket.h"

typedef struct FirewallApply {
    NftSocket *nft_socket;
    gboolean ownership_refused; /* by this kernel, as far as is known */
    const char *table;          /* the name in use; one of firewall_table_names */
    FirewallLacks lacks;        /* what the table had to do without when it was applied last */
} FirewallApply;

/* Chooses the name of the table, in apply->table. Fails with EPERM where others own all names. */
gboolean firewall_apply_choose(FirewallApply *apply, GError **error);

typedef struct FirewallOutcome {
    FirewallRuleset *have; /* as read back last */
    FirewallRuleset *want;
    FirewallDiff *left; /* what is still different: normally nothing */
} FirewallOutcome;

void firewall_outcome_clear(FirewallOutcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FirewallOutcome, firewall_outcome_clear)

/* Starts from @have, what was read of apply->table just now, and takes it over. Tries a few times
 * where others change the table meanwhile. With an error, too, batches may have been committed:
 * each of them leaves closed what both the old and the new plan close. */
gboolean firewall_apply(FirewallApply *apply, const Plan *plan, PortRange ephemeral,
                        FirewallRuleset *have, FirewallOutcome *ret_outcome, GError **error);

/* Deletes what is left of a table under the other names, unless another program owns it. */
gboolean firewall_apply_tidy(const FirewallApply *apply, GError **error);
