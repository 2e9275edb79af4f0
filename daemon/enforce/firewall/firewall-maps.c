/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-maps.h"

#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>

/* How nft(8) numbers its types, and two types of a concatenation: it lists the maps by them. */
#define NFT_TYPE_INET_PROTOCOL 12u
#define NFT_TYPE_INET_SERVICE  13u
#define NFT_TYPE_BITS          6u

/* Which protocols a closure means. */
static const struct {
    guint8 stands;
    guint8 closed;
} protocol_families[] = {
    {IPPROTO_TCP, IPPROTO_TCP},  {IPPROTO_TCP, IPPROTO_SCTP},    {IPPROTO_UDP, IPPROTO_UDP},
    {IPPROTO_UDP, IPPROTO_DCCP}, {IPPROTO_UDP, IPPROTO_UDPLITE},
};

const char *firewall_range_map(FirewallSlot slot)
{
    static const char *const names[] = {NULL, "closed-ranges-a", "closed-ranges-b"};
    return names[slot];
}

const char *firewall_range_map_prerouting(FirewallSlot slot)
{
    static const char *const names[] = {NULL, "closed-ranges-prerouting-a",
                                        "closed-ranges-prerouting-b"};
    return names[slot];
}

static gboolean is_large(const PlanClosure *closure)
{
    return (guint)closure->ports.range.last - closure->ports.range.first + 1 > FIREWALL_EXPAND_MAX;
}

static FirewallMap *add_map(FirewallRuleset *ruleset, const char *name, gboolean interval)
{
    static const guint8 field_bytes[] = {sizeof(guint8), sizeof(guint16)};

    struct nftnl_set *set = nftnl_set_alloc();
    if (!set)
        g_error("no memory for a nftables map");
    nftnl_set_set_str(set, NFTNL_SET_NAME, name);
    nftnl_set_set_u32(set, NFTNL_SET_FLAGS,
                      NFT_SET_MAP | (interval ? NFT_SET_INTERVAL | NFT_SET_CONCAT : 0));
    nftnl_set_set_u32(set, NFTNL_SET_KEY_TYPE,
                      NFT_TYPE_INET_PROTOCOL << NFT_TYPE_BITS | NFT_TYPE_INET_SERVICE);
    nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, 2 * sizeof(guint32));
    nftnl_set_set_u32(set, NFTNL_SET_DATA_TYPE, NFT_DATA_VERDICT);
    if (interval)
        nftnl_set_set_data(set, NFTNL_SET_DESC_CONCAT, field_bytes, sizeof(field_bytes));

    FirewallMap *map = firewall_ruleset_add_map(ruleset, name);
    map->nftnl = set;
    firewall_map_define(map, set);
    return map;
}

static void add_elements(FirewallMap *map, guint8 protocol, PortRange ports, gint32 verdict,
                         const char *chain)
{
    if (map->interval) {
        firewall_map_add_element(map, protocol, ports, verdict, chain);
        return;
    }
    for (guint port = ports.first; port <= ports.last; port++)
        firewall_map_add_element(map, protocol, (PortRange){(guint16)port, (guint16)port}, verdict,
                                 chain);
}

/* One pair of maps with the same keys. "closed" leads to the items' chains. The one for prerouting
 * only says that a port is closed: were its elements to lead to a chain as well, kernels that do
 * not remember which chains they have validated (Debian 12's 6.1, for one) would validate all that
 * can be reached from that chain once for each of them, at every change: an effort that grows with
 * the square of the number of ports, and with a thousand of them ends in a soft lockup on a slow
 * processor (nft_chain_validate() of the kernel's nf_tables_api.c). */
typedef struct MapPair {
    FirewallMap *closed;
    FirewallMap *prerouting;
} MapPair;

static void add_closure(const MapPair *maps, const PlanClosure *closure)
{
    g_autofree char *chain = firewall_item_chain(closure->item);
    for (guint i = 0; i < G_N_ELEMENTS(protocol_families); i++) {
        if (protocol_families[i].stands != closure->ports.protocol)
            continue;
        const guint8 protocol = protocol_families[i].closed;
        add_elements(maps->closed, protocol, closure->ports.range, NFT_GOTO, chain);
        add_elements(maps->prerouting, protocol, closure->ports.range, NFT_CONTINUE, "");
    }
}

static void add_map_pair(FirewallRuleset *ruleset, const Plan *plan, const char *name,
                         const char *prerouting_name, gboolean large)
{
    const MapPair maps = {
        .closed = add_map(ruleset, name, large),
        .prerouting = add_map(ruleset, prerouting_name, large),
    };
    for (guint i = 0; i < plan->closures->len; i++) {
        const PlanClosure *closure = &g_array_index(plan->closures, PlanClosure, i);
        if (is_large(closure) == large)
            add_closure(&maps, closure);
    }
    firewall_map_sort(maps.closed);
    firewall_map_sort(maps.prerouting);
}

gboolean firewall_needs_range_maps(const Plan *plan)
{
    for (guint i = 0; i < plan->closures->len; i++)
        if (is_large(&g_array_index(plan->closures, PlanClosure, i)))
            return TRUE;
    return FALSE;
}

void firewall_add_maps(FirewallRuleset *ruleset, const Plan *plan,
                       const FirewallParameters *parameters)
{
    const FirewallSlot slot = parameters->slot;

    add_map_pair(ruleset, plan, MAP_CLOSED, MAP_CLOSED_PREROUTING, FALSE);
    if (firewall_needs_range_maps(plan))
        add_map_pair(ruleset, plan, firewall_range_map(slot), firewall_range_map_prerouting(slot),
                     TRUE);
}

guint8 firewall_standing_protocol(guint8 closed)
{
    for (guint i = 0; i < G_N_ELEMENTS(protocol_families); i++)
        if (protocol_families[i].closed == closed)
            return protocol_families[i].stands;
    return closed;
}
