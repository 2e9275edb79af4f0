/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/probe-nftables.h"

#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <string.h>

#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-dump.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/nft-expressions.h"
#include "daemon/probe-error.h"

#define TABLE "secpold-probe"
/* Any name and any group will do. */
#define NAME  "probe"
#define GROUP 1

/* What the kernel reports of a change is there when the change is; this is for a busy machine. */
#define NOTIFICATION_TIMEOUT_MS 1000

/* Rulesets to try */

static FirewallRuleset *table_new(guint32 flags)
{
    FirewallRuleset *ruleset = firewall_ruleset_new(TABLE);
    ruleset->present = TRUE;
    ruleset->flags = flags;
    return ruleset;
}

static FirewallRuleset *table_with_rule(struct nftnl_rule *rule)
{
    FirewallRuleset *ruleset = table_new(0);
    FirewallChain *chain = firewall_ruleset_add_chain(ruleset, NAME);
    chain->nftnl = nftnl_chain_alloc();
    nftnl_chain_set_str(chain->nftnl, NFTNL_CHAIN_NAME, NAME);
    firewall_chain_add_rule(chain, rule);
    return ruleset;
}

/* The table that closes every port of the catalog; with @profile_text more. */
static FirewallRuleset *table_lacking(FirewallLacks lacks, const char *profile_text)
{
    g_autoptr(Policy) policy = policy_new_fallback();
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {"probe", profile_text, strlen(profile_text)};
    g_autoptr(DeviceProfile) profile = device_profile_parse(&source, 1, diagnostics);
    g_assert(profile != NULL);
    g_autoptr(Plan) plan = plan_new(policy, profile, FALSE);
    const FirewallParameters parameters = {
        .table = TABLE,
        .ephemeral = {32768, 60999},
        .slot = FIREWALL_SLOT_A,
        .lacks = lacks,
    };
    return firewall_ruleset_build(plan, &parameters);
}

static FirewallRuleset *whole_table(const char *profile_text)
{
    return table_lacking(FIREWALL_LACKS_NOTHING, profile_text);
}

static gboolean is_base_chain(const FirewallChain *chain)
{
    return *chain->definition != '\0';
}

/* Leaves of the chains only those with a hook or only those without, and none of the rules. */
static void keep_bare_chains(FirewallRuleset *ruleset, gboolean with_hook)
{
    for (guint i = ruleset->chains->len; i-- > 0;) {
        FirewallChain *chain = g_ptr_array_index(ruleset->chains, i);
        if (is_base_chain(chain) == with_hook)
            g_ptr_array_set_size(chain->rules, 0);
        else
            g_ptr_array_remove_index(ruleset->chains, i);
    }
}

/* Trying them */

static gboolean change(NftSocket *nft_socket, const FirewallRuleset *have,
                       const FirewallRuleset *want, GError **error)
{
    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, want);
    g_autoptr(NftBatch) batch = nft_batch_new();
    for (guint i = 0; i < diff->operations->len; i++)
        firewall_operation_append(&g_array_index(diff->operations, FirewallOperation, i), TABLE,
                                  batch);
    return nft_socket_commit(nft_socket, batch, error);
}

/* Takes over @wanted. @ret_flags, or NULL: the flags that the table then has. */
static gboolean try_ruleset(FirewallRuleset *wanted, guint32 *ret_flags, GError **error)
{
    g_autoptr(FirewallRuleset) ruleset = wanted;
    g_autoptr(FirewallRuleset) nothing = firewall_ruleset_new(TABLE);
    g_autoptr(NftSocket) nft_socket = nft_socket_new(-1, error);

    if (!nft_socket || !change(nft_socket, nothing, ruleset, error))
        return FALSE;
    g_autoptr(FirewallRuleset) found = firewall_dump_table(nft_socket, TABLE, error);
    if (!found)
        return FALSE;
    if (ret_flags)
        *ret_flags = found->flags;
    return change(nft_socket, ruleset, nothing, error);
}

static gboolean try_flags(guint32 flags, GError **error)
{
    guint32 found;

    if (!try_ruleset(table_new(flags), &found, error))
        return FALSE;
    return (found & flags) == flags ||
           probe_without_effect(error, "the table does not keep the flag");
}

/* The probes */

gboolean probe_tables(GError **error)
{
    return try_ruleset(table_new(0), NULL, error);
}

gboolean probe_hooks(GError **error)
{
    g_autoptr(FirewallRuleset) ruleset = whole_table("");
    keep_bare_chains(ruleset, TRUE);
    g_ptr_array_set_size(ruleset->maps, 0);
    g_ptr_array_set_size(ruleset->objects, 0);
    return try_ruleset(g_steal_pointer(&ruleset), NULL, error);
}

gboolean probe_named_counters(GError **error)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nft_add_counter(rule, NAME);
    g_autoptr(FirewallRuleset) ruleset = table_with_rule(rule);
    firewall_ruleset_add_object(ruleset, NAME, NFT_OBJECT_COUNTER);
    return try_ruleset(g_steal_pointer(&ruleset), NULL, error);
}

gboolean probe_fib(GError **error)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nft_add_fib_destination_type(rule, NFT_FIRST_REGISTER);
    return try_ruleset(table_with_rule(rule), NULL, error);
}

gboolean probe_limit(GError **error)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nft_add_limit(rule, 1, 1);
    return try_ruleset(table_with_rule(rule), NULL, error);
}

gboolean probe_log(GError **error)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nft_add_log(rule, NAME, GROUP);
    return try_ruleset(table_with_rule(rule), NULL, error);
}

static gboolean try_maps(const char *profile_text, GError **error)
{
    g_autoptr(FirewallRuleset) ruleset = whole_table(profile_text);
    keep_bare_chains(ruleset, FALSE);
    g_ptr_array_set_size(ruleset->objects, 0);
    return try_ruleset(g_steal_pointer(&ruleset), NULL, error);
}

gboolean probe_maps(GError **error)
{
    return try_maps("", error);
}

gboolean probe_range_maps(GError **error)
{
    return try_maps("[Ports]\nRestrictLpdPort=20000-29999\n", error);
}

gboolean probe_owner(GError **error)
{
    return try_flags(FIREWALL_TABLE_OWNER, error);
}

gboolean probe_persist(GError **error)
{
    return try_flags(FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST, error);
}

static void close_socket(struct mnl_socket **mnl)
{
    if (*mnl)
        mnl_socket_close(*mnl);
}

static gboolean not_notified(GError **error)
{
    return probe_without_effect(error, "a change is not reported");
}

gboolean probe_notification(GError **error)
{
    __attribute__((cleanup(close_socket))) struct mnl_socket *listener =
        mnl_socket_open(NETLINK_NETFILTER);
    int group = NFNLGRP_NFTABLES;

    if (!listener || mnl_socket_bind(listener, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_setsockopt(listener, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        return not_notified(error);
    if (!try_ruleset(table_new(0), NULL, error))
        return FALSE;
    struct pollfd waiting = {.fd = mnl_socket_get_fd(listener), .events = POLLIN};
    return poll(&waiting, 1, NOTIFICATION_TIMEOUT_MS) == 1 || not_notified(error);
}

gboolean probe_whole_table(GError **error)
{
    return try_ruleset(whole_table(""), NULL, NULL) ||
           try_ruleset(table_lacking(FIREWALL_LACKS_LOG | FIREWALL_LACKS_FIB, ""), NULL, error);
}
