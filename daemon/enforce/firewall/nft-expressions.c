/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/nft-expressions.h"

#include <libnftnl/expr.h>

static struct nftnl_expr *append(struct nftnl_rule *rule, const char *name)
{
    struct nftnl_expr *expression = nftnl_expr_alloc(name);
    if (!expression)
        g_error("no memory for a nftables expression \"%s\"", name);
    nftnl_rule_add_expr(rule, expression);
    return expression;
}

void nft_add_payload(struct nftnl_rule *rule, guint32 base, guint32 offset, guint32 length,
                     guint32 target)
{
    struct nftnl_expr *payload = append(rule, "payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, length);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, target);
}

void nft_add_ipv6_extension(struct nftnl_rule *rule, guint8 type, guint32 offset, guint32 length,
                            guint32 target)
{
    struct nftnl_expr *exthdr = append(rule, "exthdr");
    nftnl_expr_set_u32(exthdr, NFTNL_EXPR_EXTHDR_DREG, target);
    nftnl_expr_set_u8(exthdr, NFTNL_EXPR_EXTHDR_TYPE, type);
    nftnl_expr_set_u32(exthdr, NFTNL_EXPR_EXTHDR_OFFSET, offset);
    nftnl_expr_set_u32(exthdr, NFTNL_EXPR_EXTHDR_LEN, length);
    nftnl_expr_set_u32(exthdr, NFTNL_EXPR_EXTHDR_FLAGS, 0);
    nftnl_expr_set_u32(exthdr, NFTNL_EXPR_EXTHDR_OP, NFT_EXTHDR_OP_IPV6);
}

void nft_add_meta(struct nftnl_rule *rule, guint32 key, guint32 target)
{
    struct nftnl_expr *meta = append(rule, "meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, target);
}

void nft_add_fib_destination_type(struct nftnl_rule *rule, guint32 target)
{
    struct nftnl_expr *fib = append(rule, "fib");
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR);
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
    nftnl_expr_set_u32(fib, NFTNL_EXPR_FIB_DREG, target);
}

void nft_add_mask(struct nftnl_rule *rule, guint32 source, const void *mask, guint32 length)
{
    static const guint8 nothing[16] = {0};

    struct nftnl_expr *bitwise = append(rule, "bitwise");
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, source);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, source);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, length);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, mask, length);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, nothing, length);
}

void nft_add_compare(struct nftnl_rule *rule, guint32 source, guint32 operation, const void *data,
                     guint32 length)
{
    struct nftnl_expr *cmp = append(rule, "cmp");
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_SREG, source);
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_OP, operation);
    nftnl_expr_set(cmp, NFTNL_EXPR_CMP_DATA, data, length);
}

void nft_add_equal(struct nftnl_rule *rule, guint32 source, const void *data, guint32 length)
{
    nft_add_compare(rule, source, NFT_CMP_EQ, data, length);
}

void nft_add_verdict_map(struct nftnl_rule *rule, guint32 source, const char *map)
{
    struct nftnl_expr *lookup = append(rule, "lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, source);
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, map);
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_FLAGS, 0);
}

void nft_add_verdict(struct nftnl_rule *rule, gint32 verdict, const char *chain)
{
    struct nftnl_expr *immediate = append(rule, "immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, (guint32)verdict);
    if (chain)
        nftnl_expr_set_str(immediate, NFTNL_EXPR_IMM_CHAIN, chain);
}

void nft_add_counter(struct nftnl_rule *rule, const char *name)
{
    struct nftnl_expr *objref = append(rule, "objref");
    nftnl_expr_set_u32(objref, NFTNL_EXPR_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER);
    nftnl_expr_set_str(objref, NFTNL_EXPR_OBJREF_IMM_NAME, name);
}

void nft_add_limit(struct nftnl_rule *rule, guint64 rate, guint32 burst)
{
    struct nftnl_expr *limit = append(rule, "limit");
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_RATE, rate);
    nftnl_expr_set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, 1);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_BURST, burst);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
    nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_FLAGS, 0);
}

void nft_add_log(struct nftnl_rule *rule, const char *prefix, guint16 group)
{
    struct nftnl_expr *log = append(rule, "log");
    nftnl_expr_set_str(log, NFTNL_EXPR_LOG_PREFIX, prefix);
    nftnl_expr_set_u16(log, NFTNL_EXPR_LOG_GROUP, group);
}
