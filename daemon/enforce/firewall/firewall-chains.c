/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-chains.h"

#include "daemon/enforce/firewall/firewall-maps.h"
#include "daemon/enforce/firewall/firewall-match.h"
#include "daemon/enforce/firewall/nft-expressions.h"

#include <linux/netfilter.h>
#include <string.h>

/* Bytes from the start of the transport header. */
#define UDP_DATA_OFFSET 8u

/* Refusals of one item that are logged: enough to see who tries what, and too few to be a way of
 * filling a disk from the network. */
#define LOG_RATE  10u
#define LOG_BURST 20u

static struct nftnl_rule *rule_new(void)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    if (!rule)
        g_error("no memory for a nftables rule");
    return rule;
}

static FirewallChain *add_chain(FirewallRuleset *ruleset, const char *name)
{
    FirewallChain *chain = firewall_ruleset_add_chain(ruleset, name);
    chain->nftnl = nftnl_chain_alloc();
    if (!chain->nftnl)
        g_error("no memory for a nftables chain");
    nftnl_chain_set_str(chain->nftnl, NFTNL_CHAIN_NAME, name);
    return chain;
}

/* The maps to ask, NULL-terminated: always the single ports, and the ranges where there are any. */
typedef struct MapNames {
    const char *names[4];
} MapNames;

static MapNames names_of_maps(const FirewallRuleset *ruleset, const FirewallParameters *parameters,
                              const char *single, const char *(*range_map)(FirewallSlot slot))
{
    MapNames maps = {{single}};
    guint n_maps = 1;
    const char *ranges = range_map(parameters->slot);
    if (ranges && firewall_ruleset_find_map(ruleset, ranges))
        maps.names[n_maps++] = ranges;
    if (parameters->old_slot != FIREWALL_SLOT_NONE)
        maps.names[n_maps++] = range_map(parameters->old_slot);
    return maps;
}

static void add_questions(FirewallChain *chain, const MapNames *maps, guint32 port_offset,
                          void (*match)(struct nftnl_rule *rule))
{
    for (guint i = 0; maps->names[i]; i++) {
        struct nftnl_rule *rule = rule_new();
        if (match)
            match(rule);
        ask_verdict_map(rule, port_offset, maps->names[i]);
        firewall_chain_add_rule(chain, rule);
    }
}

/* Base chains */

static FirewallChain *add_base_chain(FirewallRuleset *ruleset, const char *name, guint32 hook,
                                     gint32 priority)
{
    FirewallChain *chain = add_chain(ruleset, name);
    nftnl_chain_set_str(chain->nftnl, NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain->nftnl, NFTNL_CHAIN_HOOKNUM, hook);
    nftnl_chain_set_s32(chain->nftnl, NFTNL_CHAIN_PRIO, priority);
    nftnl_chain_set_u32(chain->nftnl, NFTNL_CHAIN_POLICY, NF_ACCEPT);
    firewall_chain_define(chain, chain->nftnl);
    return chain;
}

static void accept_loopback(FirewallChain *chain, guint32 index_key)
{
    struct nftnl_rule *rule = rule_new();
    match_loopback(rule, index_key);
    nft_add_verdict(rule, NF_ACCEPT, NULL);
    firewall_chain_add_rule(chain, rule);
}

static void accept_exempt(FirewallChain *chain, const Plan *plan, guint32 name_key)
{
    for (char **name = plan->exempt_interfaces; *name; name++) {
        struct nftnl_rule *rule = rule_new();
        match_interface(rule, name_key, *name);
        nft_add_verdict(rule, NF_ACCEPT, NULL);
        firewall_chain_add_rule(chain, rule);
    }
}

static void examine_first_fragments(FirewallChain *chain)
{
    struct nftnl_rule *rule = rule_new();
    match_ipv6_first_fragment(rule);
    nft_add_verdict(rule, NFT_GOTO, CHAIN_FIRST_FRAGMENT);
    firewall_chain_add_rule(chain, rule);
}

static void add_prerouting(FirewallRuleset *ruleset, const Plan *plan, const MapNames *maps)
{
    FirewallChain *chain =
        add_base_chain(ruleset, "prerouting", NF_INET_PRE_ROUTING, FIREWALL_PREROUTING_PRIORITY);
    accept_loopback(chain, NFT_META_IIF);
    accept_exempt(chain, plan, NFT_META_IIFNAME);
    for (guint i = 0; maps->names[i]; i++) {
        struct nftnl_rule *rule = rule_new();
        ask_verdict_map(rule, DESTINATION_PORT_OFFSET, maps->names[i]);
        nft_add_verdict(rule, NFT_GOTO, CHAIN_TO_THIS_HOST);
        firewall_chain_add_rule(chain, rule);
    }
    examine_first_fragments(chain);
}

static void add_input(FirewallRuleset *ruleset, const Plan *plan, const MapNames *maps)
{
    FirewallChain *chain =
        add_base_chain(ruleset, "input", NF_INET_LOCAL_IN, FIREWALL_INPUT_PRIORITY);
    accept_loopback(chain, NFT_META_IIF);
    accept_exempt(chain, plan, NFT_META_IIFNAME);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, NULL);
    examine_first_fragments(chain);
}

static void accept_reset(FirewallChain *chain)
{
    struct nftnl_rule *rule = rule_new();
    match_tcp_flags(rule, TCP_FLAG_RST, TCP_FLAG_RST);
    nft_add_verdict(rule, NF_ACCEPT, NULL);
    firewall_chain_add_rule(chain, rule);
}

static void add_output(FirewallRuleset *ruleset, const Plan *plan, const MapNames *maps)
{
    FirewallChain *chain =
        add_base_chain(ruleset, "output", NF_INET_LOCAL_OUT, FIREWALL_OUTPUT_PRIORITY);
    accept_loopback(chain, NFT_META_OIF);
    accept_exempt(chain, plan, NFT_META_OIFNAME);
    accept_reset(chain);
    add_questions(chain, maps, SOURCE_PORT_OFFSET, NULL);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_ipv4_group);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_ipv6_group);
}

/* Regular chains */

/* Answers to connections that others have made from an ephemeral port. Only what is known to be no
 * opening SYN passes: a first fragment may be too short to tell. */
static void accept_answers(FirewallChain *chain, PortRange ephemeral)
{
    struct nftnl_rule *rule = rule_new();
    match_other_tcp_flags(rule, TCP_FLAG_SYN | TCP_FLAG_ACK, TCP_FLAG_SYN);
    match_port_between(rule, DESTINATION_PORT_OFFSET, ephemeral);
    nft_add_verdict(rule, NF_ACCEPT, NULL);
    firewall_chain_add_rule(chain, rule);
}

static void add_to_this_host(FirewallRuleset *ruleset, PortRange ephemeral, const MapNames *maps)
{
    FirewallChain *chain = add_chain(ruleset, CHAIN_TO_THIS_HOST);
    accept_answers(chain, ephemeral);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_local);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_broadcast);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_multicast);
    add_questions(chain, maps, DESTINATION_PORT_OFFSET, match_to_anycast);
}

/* Extension headers can push the ports out of the first fragment, where no map can be asked; the
 * kernel would put the packet together later. RFC 8200, section 4.5, has such fragments
 * discarded, which Linux does not always do. */
static void add_first_fragment(FirewallRuleset *ruleset, gboolean has_fib)
{
    static void (*const to_this_host[])(struct nftnl_rule * rule) = {
        match_to_local,
        match_to_broadcast,
        match_to_multicast,
        match_to_anycast,
    };
    FirewallChain *chain = add_chain(ruleset, CHAIN_FIRST_FRAGMENT);
    struct nftnl_rule *readable = rule_new();
    match_readable_port(readable, DESTINATION_PORT_OFFSET);
    nft_add_verdict(readable, NF_ACCEPT, NULL);
    firewall_chain_add_rule(chain, readable);

    /* Without fib nothing but packets to this host comes here. */
    const guint n_rules = has_fib ? G_N_ELEMENTS(to_this_host) : 1;
    for (guint i = 0; i < n_rules; i++) {
        struct nftnl_rule *rule = rule_new();
        if (has_fib)
            to_this_host[i](rule);
        nft_add_verdict(rule, NF_DROP, NULL);
        firewall_chain_add_rule(chain, rule);
    }
}

/* A message of SNMP version 3 (RFC 3412) begins with a SEQUENCE of any length, then version, an
 * INTEGER of one byte. The length is one byte below 0x80, or one byte that says how many bytes it
 * has. Any other encoding of the same value is refused: an agent might read it differently. */
static void accept_snmp_v3(FirewallChain *chain, guint length_bytes)
{
    guint8 mask[16] = {0xff}, message[16] = {0x30};
    mask[1] = length_bytes == 0 ? 0x80 : 0xff;
    message[1] = length_bytes == 0 ? 0x00 : (guint8)(0x80 + length_bytes);

    static const guint8 version_3[] = {0x02, 0x01, 0x03};
    const guint version_at = 2 + length_bytes;
    memset(mask + version_at, 0xff, sizeof(version_3));
    memcpy(message + version_at, version_3, sizeof(version_3));
    const guint length = version_at + sizeof(version_3);

    struct nftnl_rule *rule = rule_new();
    match_protocol(rule, IPPROTO_UDP);
    nft_add_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, UDP_DATA_OFFSET, length,
                    NFT_FIRST_REGISTER);
    nft_add_mask(rule, NFT_FIRST_REGISTER, mask, length);
    nft_add_equal(rule, NFT_FIRST_REGISTER, message, length);
    nft_add_verdict(rule, NF_ACCEPT, NULL);
    firewall_chain_add_rule(chain, rule);
}

static void add_log(FirewallChain *chain, const char *key, guint log_group)
{
    struct nftnl_rule *log = rule_new();
    nft_add_limit(log, LOG_RATE, LOG_BURST);
    nft_add_log(log, key, (guint16)log_group);
    firewall_chain_add_rule(chain, log);
}

static void add_item_chain(FirewallRuleset *ruleset, const Plan *plan, guint item, gboolean has_log)
{
    g_autofree char *name = firewall_item_chain(item);
    firewall_ruleset_add_object(ruleset, name, NFT_OBJECT_COUNTER);

    FirewallChain *chain = add_chain(ruleset, name);
    if (catalog_items[item].effect == KERNEL_EFFECT_SNMP_V3_ONLY)
        for (guint length_bytes = 0; length_bytes <= 4; length_bytes++)
            accept_snmp_v3(chain, length_bytes);

    struct nftnl_rule *count = rule_new();
    nft_add_counter(count, chain->name);
    firewall_chain_add_rule(chain, count);

    if (has_log)
        add_log(chain, catalog_items[item].key, plan->log_group);

    struct nftnl_rule *drop = rule_new();
    nft_add_verdict(drop, NF_DROP, NULL);
    firewall_chain_add_rule(chain, drop);
}

static void add_item_chains(FirewallRuleset *ruleset, const Plan *plan, gboolean has_log)
{
    gboolean refuses[CATALOG_N_ITEMS] = {FALSE};
    for (guint i = 0; i < plan->closures->len; i++)
        refuses[g_array_index(plan->closures, PlanClosure, i).item] = TRUE;
    for (guint item = 0; item < CATALOG_N_ITEMS; item++)
        if (refuses[item])
            add_item_chain(ruleset, plan, item, has_log);
}

void firewall_add_chains(FirewallRuleset *ruleset, const Plan *plan,
                         const FirewallParameters *parameters)
{
    const MapNames closed = names_of_maps(ruleset, parameters, MAP_CLOSED, firewall_range_map);
    const MapNames prerouting =
        names_of_maps(ruleset, parameters, MAP_CLOSED_PREROUTING, firewall_range_map_prerouting);

    const gboolean has_fib = !(parameters->lacks & FIREWALL_LACKS_FIB);

    if (has_fib)
        add_prerouting(ruleset, plan, &prerouting);
    add_input(ruleset, plan, &closed);
    add_output(ruleset, plan, &closed);
    if (has_fib)
        add_to_this_host(ruleset, parameters->ephemeral, &closed);
    add_first_fragment(ruleset, has_fib);
    add_item_chains(ruleset, plan, !(parameters->lacks & FIREWALL_LACKS_LOG));
}
