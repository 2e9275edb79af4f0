/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall-match.h"

#include "daemon/enforce/firewall/nft-expressions.h"

#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

/* Index of the loopback interface in every network namespace (LOOPBACK_IFINDEX of the kernel). */
#define LOOPBACK_INDEX 1u

/* Bytes from the start of the network header. */
#define IPV4_DESTINATION_OFFSET 16u
#define IPV6_DESTINATION_OFFSET 24u

/* Byte of the IPv6 fragment header where the fragment's offset stands, in its upper 13 bits. */
#define FRAGMENT_OFFSET_OFFSET 2u

/* Byte from the start of the TCP header. */
#define TCP_FLAGS_OFFSET 13u

void match_loopback(struct nftnl_rule *rule, guint32 key)
{
    const guint32 index = LOOPBACK_INDEX;
    nft_add_meta(rule, key, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &index, sizeof(index));
}

void match_interface(struct nftnl_rule *rule, guint32 key, const char *name)
{
    char padded[IFNAMSIZ] = {0};
    memcpy(padded, name, strnlen(name, sizeof(padded) - 1));
    nft_add_meta(rule, key, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, padded, sizeof(padded));
}

void match_protocol(struct nftnl_rule *rule, guint8 protocol)
{
    nft_add_meta(rule, NFT_META_L4PROTO, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &protocol, sizeof(protocol));
}

static void compare_tcp_flags(struct nftnl_rule *rule, guint8 mask, guint32 operation, guint8 set)
{
    match_protocol(rule, IPPROTO_TCP);
    nft_add_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, TCP_FLAGS_OFFSET, sizeof(mask),
                    NFT_FIRST_REGISTER);
    nft_add_mask(rule, NFT_FIRST_REGISTER, &mask, sizeof(mask));
    nft_add_compare(rule, NFT_FIRST_REGISTER, operation, &set, sizeof(set));
}

void match_tcp_flags(struct nftnl_rule *rule, guint8 mask, guint8 set)
{
    compare_tcp_flags(rule, mask, NFT_CMP_EQ, set);
}

void match_other_tcp_flags(struct nftnl_rule *rule, guint8 mask, guint8 set)
{
    compare_tcp_flags(rule, mask, NFT_CMP_NEQ, set);
}

void match_port_between(struct nftnl_rule *rule, guint32 port_offset, PortRange ports)
{
    const guint16 first = g_htons(ports.first), last = g_htons(ports.last);
    nft_add_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset, sizeof(first),
                    NFT_FIRST_REGISTER);
    nft_add_compare(rule, NFT_FIRST_REGISTER, NFT_CMP_GTE, &first, sizeof(first));
    nft_add_compare(rule, NFT_FIRST_REGISTER, NFT_CMP_LTE, &last, sizeof(last));
}

void match_readable_port(struct nftnl_rule *rule, guint32 port_offset)
{
    const guint16 any = 0;
    nft_add_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset, sizeof(any),
                    NFT_FIRST_REGISTER);
    nft_add_compare(rule, NFT_FIRST_REGISTER, NFT_CMP_GTE, &any, sizeof(any));
}

void match_ipv6_first_fragment(struct nftnl_rule *rule)
{
    const guint8 family = NFPROTO_IPV6;
    const guint8 offset_mask[] = {0xff, 0xf8}, first[] = {0, 0};
    nft_add_meta(rule, NFT_META_NFPROTO, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &family, sizeof(family));
    nft_add_ipv6_extension(rule, IPPROTO_FRAGMENT, FRAGMENT_OFFSET_OFFSET, sizeof(first),
                           NFT_FIRST_REGISTER);
    nft_add_mask(rule, NFT_FIRST_REGISTER, offset_mask, sizeof(offset_mask));
    nft_add_equal(rule, NFT_FIRST_REGISTER, first, sizeof(first));
}

static void match_address_type(struct nftnl_rule *rule, guint32 type)
{
    nft_add_fib_destination_type(rule, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &type, sizeof(type));
}

void match_to_local(struct nftnl_rule *rule)
{
    match_address_type(rule, RTN_LOCAL);
}

void match_to_broadcast(struct nftnl_rule *rule)
{
    match_address_type(rule, RTN_BROADCAST);
}

void match_to_multicast(struct nftnl_rule *rule)
{
    match_address_type(rule, RTN_MULTICAST);
}

void match_to_anycast(struct nftnl_rule *rule)
{
    match_address_type(rule, RTN_ANYCAST);
}

void match_to_ipv4_group(struct nftnl_rule *rule)
{
    const guint8 family = NFPROTO_IPV4;
    const guint8 mask[] = {0xf0, 0, 0, 0}, group[] = {224, 0, 0, 0};
    nft_add_meta(rule, NFT_META_NFPROTO, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &family, sizeof(family));
    nft_add_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, IPV4_DESTINATION_OFFSET, sizeof(group),
                    NFT_FIRST_REGISTER);
    nft_add_mask(rule, NFT_FIRST_REGISTER, mask, sizeof(mask));
    nft_add_equal(rule, NFT_FIRST_REGISTER, group, sizeof(group));
}

void match_to_ipv6_group(struct nftnl_rule *rule)
{
    const guint8 family = NFPROTO_IPV6, group = 0xff; /* ff00::/8 */
    nft_add_meta(rule, NFT_META_NFPROTO, NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &family, sizeof(family));
    nft_add_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, IPV6_DESTINATION_OFFSET, sizeof(group),
                    NFT_FIRST_REGISTER);
    nft_add_equal(rule, NFT_FIRST_REGISTER, &group, sizeof(group));
}

void ask_verdict_map(struct nftnl_rule *rule, guint32 port_offset, const char *map)
{
    nft_add_meta(rule, NFT_META_L4PROTO, NFT_FIRST_REGISTER);
    nft_add_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset, sizeof(guint16),
                    NFT_SECOND_REGISTER);
    nft_add_verdict_map(rule, NFT_FIRST_REGISTER, map);
}
