/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nftables expressions that secpold's rules are made of, one function each: it appends the
 * expression to @rule. Attributes are given exactly as the kernel gives them back, so that the
 * text of a rule that was sent and of the same rule read back is the same.
 */
#pragma once

#include <glib.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_tables.h>

/* The registers as the kernel names them when it lists a rule: the first 32 bits of its register
 * file are the old 128-bit NFT_REG_1, the next 32 bits have no old name. A key made of two fields
 * lies in both, one after the other. */
#define NFT_FIRST_REGISTER  NFT_REG_1
#define NFT_SECOND_REGISTER NFT_REG32_01

/* @length bytes, 1 to 16, at @offset from @base (NFT_PAYLOAD_*) are loaded into @target. */
void nft_add_payload(struct nftnl_rule *rule, guint32 base, guint32 offset, guint32 length,
                     guint32 target);

/* @length bytes at @offset of the IPv6 extension header @type; without it, the rule ends there. */
void nft_add_ipv6_extension(struct nftnl_rule *rule, guint8 type, guint32 offset, guint32 length,
                            guint32 target);

/* @key is one of NFT_META_*. */
void nft_add_meta(struct nftnl_rule *rule, guint32 key, guint32 target);

/* The type of the destination address (RTN_*), in host byte order. */
void nft_add_fib_destination_type(struct nftnl_rule *rule, guint32 target);

/* Keeps the bits of @source that are set in @mask. */
void nft_add_mask(struct nftnl_rule *rule, guint32 source, const void *mask, guint32 length);

/* The rule goes on only where @source compares with @data as @operation (NFT_CMP_*) says. */
void nft_add_compare(struct nftnl_rule *rule, guint32 source, guint32 operation, const void *data,
                     guint32 length);

/* The rule goes on only where @source equals @data. */
void nft_add_equal(struct nftnl_rule *rule, guint32 source, const void *data, guint32 length);

/* The verdict that @map holds for the key in @source; without one, the rule ends there. */
void nft_add_verdict_map(struct nftnl_rule *rule, guint32 source, const char *map);

/* @verdict is NF_ACCEPT, NF_DROP or NFT_GOTO; @chain is for NFT_GOTO, otherwise NULL. */
void nft_add_verdict(struct nftnl_rule *rule, gint32 verdict, const char *chain);

/* Counts in the table's counter of that name. */
void nft_add_counter(struct nftnl_rule *rule, const char *name);

/* The rule goes on for the first @burst packets, then for @rate packets a second. */
void nft_add_limit(struct nftnl_rule *rule, guint64 rate, guint32 burst);

/* Sends the packet to listeners of netlink log group @group. @prefix: at most 127 bytes. */
void nft_add_log(struct nftnl_rule *rule, const char *prefix, guint16 group);
