/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-apply.h"

#include "daemon/enforce/firewall/firewall-dump.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"

#include <errno.h>

/* Others can only change a table that is not owned; against one who does it all the time the
 * reconciler's next pass is as good as another attempt in this one. */
#define MAX_ATTEMPTS 4

/* To be tried in this order where the kernel refuses the whole table: what is missed least first.
 */
static const FirewallLacks lesser_tables[] = {
    FIREWALL_LACKS_NOTHING,
    FIREWALL_LACKS_LOG,
    FIREWALL_LACKS_FIB,
    FIREWALL_LACKS_LOG | FIREWALL_LACKS_FIB,
};

#define OWNED (FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST)

static gboolean is_foreign(const FirewallApply *apply, const FirewallRuleset *table)
{
    return table->owner != 0 && table->owner != nft_socket_port_id(apply->nft_socket);
}

gboolean firewall_apply_choose(FirewallApply *apply, GError **error)
{
    for (guint i = 0; firewall_table_names[i]; i++) {
        g_autoptr(FirewallRuleset) table =
            firewall_dump_table(apply->nft_socket, firewall_table_names[i], error);
        if (!table)
            return FALSE;
        if (!is_foreign(apply, table)) {
            apply->table = firewall_table_names[i];
            return TRUE;
        }
    }
    g_set_error_literal(error, NFT_ERROR, EPERM,
                        "other programs own the nftables tables inet secpold and inet secpold-2; "
                        "stop them so that ports can be closed");
    return FALSE;
}

void firewall_outcome_clear(FirewallOutcome *outcome)
{
    g_clear_pointer(&outcome->left, firewall_diff_free);
    g_clear_pointer(&outcome->have, firewall_ruleset_free);
    g_clear_pointer(&outcome->want, firewall_ruleset_free);
}

static FirewallParameters parameters_for(const FirewallApply *apply, const Plan *plan,
                                         PortRange ephemeral, FirewallSlot slot)
{
    return (FirewallParameters){
        .table = apply->table,
        .flags = plan->table_owner && !apply->ownership_refused ? OWNED : 0,
        .ephemeral = ephemeral,
        .slot = slot,
        .lacks = apply->lacks,
    };
}

static FirewallSlot other_slot(FirewallSlot slot)
{
    return slot == FIREWALL_SLOT_A ? FIREWALL_SLOT_B : FIREWALL_SLOT_A;
}

/* In the slot of @have where the ranges are the same, in the other one where they are not. */
static FirewallRuleset *build_wanted(const FirewallApply *apply, const Plan *plan,
                                     PortRange ephemeral, const FirewallRuleset *have)
{
    const FirewallSlot slot = firewall_ruleset_slot(have);
    const FirewallParameters standing =
        parameters_for(apply, plan, ephemeral, slot == FIREWALL_SLOT_NONE ? FIREWALL_SLOT_A : slot);
    g_autoptr(FirewallRuleset) want = firewall_ruleset_build(plan, &standing);
    if (slot == FIREWALL_SLOT_NONE || firewall_ruleset_same_ranges(have, want))
        return g_steal_pointer(&want);

    const FirewallParameters moved = parameters_for(apply, plan, ephemeral, other_slot(slot));
    return firewall_ruleset_build(plan, &moved);
}

static gboolean commit(const FirewallApply *apply, const FirewallDiff *diff, GError **error)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    for (guint i = 0; i < diff->operations->len; i++)
        firewall_operation_append(&g_array_index(diff->operations, FirewallOperation, i),
                                  apply->table, batch);
    return nft_socket_commit(apply->nft_socket, batch, error);
}

/* Make before break: first a table that closes what @have closes and what @want closes, asking the
 * range maps of both; then what only @have needed goes. */
static gboolean commit_over_bridge(const FirewallApply *apply, const Plan *plan,
                                   PortRange ephemeral, const FirewallRuleset *have,
                                   const FirewallRuleset *want, GError **error)
{
    const FirewallSlot slot = firewall_ruleset_slot(want);
    FirewallParameters parameters =
        parameters_for(apply, plan, ephemeral, slot == FIREWALL_SLOT_NONE ? FIREWALL_SLOT_A : slot);
    parameters.old_slot = firewall_ruleset_slot(have);

    g_autoptr(FirewallRuleset) bridge = firewall_ruleset_build(plan, &parameters);
    firewall_ruleset_keep(bridge, have);
    g_autoptr(FirewallDiff) make = firewall_diff_new(have, bridge);
    g_autoptr(FirewallDiff) end = firewall_diff_new(bridge, want);
    return commit(apply, make, error) && commit(apply, end, error);
}

static gboolean commit_change(const FirewallApply *apply, const Plan *plan, PortRange ephemeral,
                              const FirewallOutcome *change, GError **error)
{
    const gboolean ranges_change = change->have->present && change->want->present &&
                                   !firewall_ruleset_same_ranges(change->have, change->want);
    if (ranges_change && !firewall_diff_replaces(change->left))
        return commit_over_bridge(apply, plan, ephemeral, change->have, change->want, error);
    return commit(apply, change->left, error);
}

/* A kernel without persistent tables refuses the flags, and the batch with them. */
static gboolean is_ownership_refused(const FirewallOutcome *change, const GError *error)
{
    return change->want->present && change->want->flags == OWNED &&
           (g_error_matches(error, NFT_ERROR, EINVAL) ||
            g_error_matches(error, NFT_ERROR, EOPNOTSUPP));
}

/* Somebody else was at work between our reading and our commit. */
static gboolean is_race(const GError *error)
{
    static const int codes[] = {ENOENT, EEXIST, EBUSY, EPERM, ENOBUFS, ERESTART};
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
        if (g_error_matches(error, NFT_ERROR, codes[i]))
            return TRUE;
    return FALSE;
}

static void compare(const FirewallApply *apply, const Plan *plan, PortRange ephemeral,
                    FirewallOutcome *change)
{
    g_clear_pointer(&change->left, firewall_diff_free);
    g_clear_pointer(&change->want, firewall_ruleset_free);
    change->want = build_wanted(apply, plan, ephemeral, change->have);
    change->left = firewall_diff_new(change->have, change->want);
}

static gboolean read_again(FirewallApply *apply, FirewallOutcome *change, GError **error)
{
    if (!firewall_apply_choose(apply, error))
        return FALSE;
    FirewallRuleset *have = firewall_dump(apply->nft_socket, apply->table, error);
    if (!have)
        return FALSE;
    g_clear_pointer(&change->left, firewall_diff_free);
    g_clear_pointer(&change->have, firewall_ruleset_free);
    change->have = have;
    return TRUE;
}

static gboolean apply_once(FirewallApply *apply, const Plan *plan, PortRange ephemeral,
                           FirewallOutcome *change, GError **error)
{
    for (guint attempt = 1; change->left->operations->len > 0 && attempt <= MAX_ATTEMPTS;
         attempt++) {
        g_autoptr(GError) local = NULL;
        if (!commit_change(apply, plan, ephemeral, change, &local)) {
            if (!apply->ownership_refused && is_ownership_refused(change, local)) {
                apply->ownership_refused = TRUE;
            } else if (!is_race(local) || attempt == MAX_ATTEMPTS) {
                g_propagate_error(error, g_steal_pointer(&local));
                return FALSE;
            }
        }
        if (!read_again(apply, change, error))
            return FALSE;
        compare(apply, plan, ephemeral, change);
    }
    return TRUE;
}

/* Asks for everything first, in every pass: what is missing may be a module that comes later. */
gboolean firewall_apply(FirewallApply *apply, const Plan *plan, PortRange ephemeral,
                        FirewallRuleset *have, FirewallOutcome *ret_outcome, GError **error)
{
    g_auto(FirewallOutcome) change = {.have = have};
    g_autoptr(GError) refusal = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(lesser_tables); i++) {
        g_autoptr(GError) local = NULL;
        apply->lacks = lesser_tables[i];
        compare(apply, plan, ephemeral, &change);
        if (apply_once(apply, plan, ephemeral, &change, &local)) {
            *ret_outcome = change;
            change = (FirewallOutcome){0};
            return TRUE;
        }
        /* So the kernel answers where it does not know an expression. */
        const gboolean lacking = g_error_matches(local, NFT_ERROR, ENOENT);
        if (!refusal)
            refusal = g_steal_pointer(&local);
        if (!lacking)
            break;
    }
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

gboolean firewall_apply_tidy(const FirewallApply *apply, GError **error)
{
    for (guint i = 0; firewall_table_names[i]; i++) {
        if (g_str_equal(firewall_table_names[i], apply->table))
            continue;
        g_autoptr(FirewallRuleset) table =
            firewall_dump_table(apply->nft_socket, firewall_table_names[i], error);
        if (!table)
            return FALSE;
        if (!table->present || is_foreign(apply, table))
            continue;
        const FirewallOperation deletion = {.kind = FIREWALL_DELETE_TABLE, .ruleset = table};
        g_autoptr(NftBatch) batch = nft_batch_new();
        firewall_operation_append(&deletion, table->table, batch);
        if (!nft_socket_commit(apply->nft_socket, batch, error))
            return FALSE;
    }
    return TRUE;
}
