/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule asks of a packet, in terms of expressions. A rule goes on only where all matches that
 * were appended to it are true. */
#pragma once

#include <libnftnl/rule.h>

#include "daemon/policy/catalog.h"

#define TCP_FLAG_SYN 0x02u
#define TCP_FLAG_RST 0x04u
#define TCP_FLAG_ACK 0x10u

/* Bytes from the start of the transport header: the ports stand at the same place in all protocols
 * that have them. */
#define SOURCE_PORT_OFFSET      0u
#define DESTINATION_PORT_OFFSET 2u

/* @key is NFT_META_IIF or NFT_META_OIF. */
void match_loopback(struct nftnl_rule *rule, guint32 key);

/* @key is NFT_META_IIFNAME or NFT_META_OIFNAME. */
void match_interface(struct nftnl_rule *rule, guint32 key, const char *name);

void match_protocol(struct nftnl_rule *rule, guint8 protocol);

/* TCP, and of the flags in @mask exactly those in @set are set. */
void match_tcp_flags(struct nftnl_rule *rule, guint8 mask, guint8 set);

/* TCP, its flags are readable, and those in @mask are not exactly @set. */
void match_other_tcp_flags(struct nftnl_rule *rule, guint8 mask, guint8 set);

/* The port at @port_offset is readable and in the range. */
void match_port_between(struct nftnl_rule *rule, guint32 port_offset, PortRange ports);

/* The transport header is there as far as the port: not so in a fragment that is not the first, or
 * whose headers before the transport header fill it. */
void match_readable_port(struct nftnl_rule *rule, guint32 port_offset);

/* IPv6, with a fragment header that says offset 0. */
void match_ipv6_first_fragment(struct nftnl_rule *rule);

/* The destination address is of that type to this host. Not for the output hook, where the
 * question is a different one. */
void match_to_local(struct nftnl_rule *rule);
void match_to_broadcast(struct nftnl_rule *rule);
void match_to_multicast(struct nftnl_rule *rule);
void match_to_anycast(struct nftnl_rule *rule);

/* The destination address is a multicast group: 224.0.0.0/4, ff00::/8. */
void match_to_ipv4_group(struct nftnl_rule *rule);
void match_to_ipv6_group(struct nftnl_rule *rule);

/* The verdict that @map has for the packet's protocol and its port at @port_offset. */
void ask_verdict_map(struct nftnl_rule *rule, guint32 port_offset, const char *map);
