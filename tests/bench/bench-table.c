/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/bench-table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "tests/bench/bench.h"

#define CHAIN "input"
#define MAP   "closed"

/* More than any table here takes. */
#define SEND_BUFFER_BYTES (64 * 1024 * 1024)

void bench_batch_clear(BenchBatch *batch)
{
    if (batch->bytes)
        g_byte_array_unref(batch->bytes);
}

struct mnl_socket *bench_socket_open(void)
{
    struct mnl_socket *mnl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
    const int size = SEND_BUFFER_BYTES;
    if (!mnl || mnl_socket_bind(mnl, 0, MNL_SOCKET_AUTOPID) < 0 ||
        setsockopt(mnl_socket_get_fd(mnl), SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
        bench_fail(errno, "open a netlink socket");
    return mnl;
}

/* The sequence number of the one message that asks for an acknowledgement. */
static guint32 last_sequence(const BenchBatch *batch)
{
    guint32 sequence = 0;
    for (gsize offset = 0; offset < batch->bytes->len;) {
        const struct nlmsghdr *header = (const void *)(batch->bytes->data + offset);
        if (header->nlmsg_flags & NLM_F_ACK)
            sequence = header->nlmsg_seq;
        offset += header->nlmsg_len;
    }
    return sequence;
}

double bench_send(struct mnl_socket *mnl, const BenchBatch *batch)
{
    const guint32 sequence = last_sequence(batch);
    guint32 buffer[2048];
    const double start = bench_now_usec();
    if (mnl_socket_sendto(mnl, batch->bytes->data, batch->bytes->len) < 0)
        bench_fail(errno, "send a batch");
    for (;;) {
        const ssize_t received = mnl_socket_recvfrom(mnl, buffer, sizeof(buffer));
        const struct nlmsghdr *answer = (const void *)buffer;
        if (received < (ssize_t)sizeof(struct nlmsgerr))
            bench_fail(received < 0 ? errno : EBADMSG, "read the answer to a batch");
        const int code = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(answer))->error;
        if (code != 0)
            bench_fail(code, "commit a batch");
        if (answer->nlmsg_seq == sequence)
            return bench_now_usec() - start;
    }
}

BenchBatch bench_batch_from(NftBatch *batch)
{
    gsize length = 0;
    const guint8 *bytes = nft_batch_finish(batch, 1, &length);
    BenchBatch prepared = {g_byte_array_new()};
    g_byte_array_append(prepared.bytes, bytes, (guint)length);
    return prepared;
}

/* secpold's */

NftBatch *bench_secpold_batch(const FirewallRuleset *have, const FirewallRuleset *want)
{
    g_autoptr(FirewallDiff) diff = firewall_diff_new(have, want);
    NftBatch *batch = nft_batch_new();
    for (guint i = 0; i < diff->operations->len; i++)
        firewall_operation_append(&g_array_index(diff->operations, FirewallOperation, i),
                                  want->table, batch);
    return batch;
}

Plan *bench_plan_all(const char *profile_text)
{
    g_autoptr(Policy) policy = policy_new("Benchmark", 1);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {"benchmark", profile_text, strlen(profile_text)};
    g_autoptr(DeviceProfile) profile = device_profile_parse(&source, 1, diagnostics);
    bench_require(profile != NULL, NULL, "the benchmark's device profile");
    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        if (catalog_item_closes_ports(&catalog_items[i]))
            policy_request(policy, &catalog_items[i], 0);
    return plan_new(policy, profile, FALSE);
}

Plan *bench_plan_items(const char *const *keys)
{
    g_autoptr(Policy) policy = policy_new("Benchmark", 1);
    g_autoptr(DeviceProfile) profile = device_profile_new();
    for (; *keys; keys++)
        policy_request(policy, catalog_find_item(*keys), 0);
    return plan_new(policy, profile, FALSE);
}

FirewallRuleset *bench_ruleset(const Plan *plan)
{
    const FirewallParameters parameters = {
        .table = "secpold",
        .ephemeral = {32768, 60999},
        .slot = FIREWALL_SLOT_A,
    };
    return firewall_ruleset_build(plan, &parameters);
}

FirewallRuleset *bench_ruleset_none(void)
{
    return firewall_ruleset_new("secpold");
}

/* Bare ones */

static void put_table(NftBatch *batch, guint16 type, guint16 flags, const char *name)
{
    struct nftnl_table *table = nftnl_table_alloc();
    nftnl_table_set_str(table, NFTNL_TABLE_NAME, name);
    nftnl_table_nlmsg_build_payload(nft_batch_begin_message(batch, type, flags), table);
    nft_batch_end_message(batch, "table %s", name);
    nftnl_table_free(table);
}

static void put_map(NftBatch *batch, const char *table)
{
    struct nftnl_set *map = nftnl_set_alloc();
    nftnl_set_set_str(map, NFTNL_SET_TABLE, table);
    nftnl_set_set_str(map, NFTNL_SET_NAME, MAP);
    nftnl_set_set_u32(map, NFTNL_SET_ID, 1);
    nftnl_set_set_u32(map, NFTNL_SET_FLAGS, NFT_SET_MAP);
    nftnl_set_set_u32(map, NFTNL_SET_KEY_LEN, 2 * sizeof(guint32));
    nftnl_set_set_u32(map, NFTNL_SET_DATA_TYPE, NFT_DATA_VERDICT);
    nftnl_set_nlmsg_build_payload(nft_batch_begin_message(batch, NFT_MSG_NEWSET, NLM_F_CREATE),
                                  map);
    nft_batch_end_message(batch, "map");
    nftnl_set_free(map);
}

static void put_elements(NftBatch *batch, const char *table, guint first_port, guint n_pairs,
                         gboolean add)
{
    struct nftnl_set *map = nftnl_set_alloc();
    nftnl_set_set_str(map, NFTNL_SET_TABLE, table);
    nftnl_set_set_str(map, NFTNL_SET_NAME, MAP);
    for (guint i = 0; i < n_pairs; i++) {
        const guint32 key[] = {i % 2 ? IPPROTO_UDP : IPPROTO_TCP,
                               htons((guint16)(first_port + i / 2))};
        struct nftnl_set_elem *element = nftnl_set_elem_alloc();
        nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key, sizeof(key));
        if (add)
            nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_VERDICT, NF_DROP);
        nftnl_set_elem_add(map, element);
    }
    nftnl_set_elems_nlmsg_build_payload(
        nft_batch_begin_message(batch, add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM,
                                add ? NLM_F_CREATE : 0),
        map);
    nft_batch_end_message(batch, "elements");
    nftnl_set_free(map);
}

static void put_base_chain(NftBatch *batch, const char *table)
{
    struct nftnl_chain *chain = nftnl_chain_alloc();
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, table);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, CHAIN);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
    nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, 0);
    nftnl_chain_nlmsg_build_payload(nft_batch_begin_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE),
                                    chain);
    nft_batch_end_message(batch, "chain");
    nftnl_chain_free(chain);
}

static void put_lookup(NftBatch *batch, const char *table)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, table);
    nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, CHAIN);

    struct nftnl_expr *protocol = nftnl_expr_alloc("meta");
    nftnl_expr_set_u32(protocol, NFTNL_EXPR_META_KEY, NFT_META_L4PROTO);
    nftnl_expr_set_u32(protocol, NFTNL_EXPR_META_DREG, NFT_REG32_00);
    nftnl_rule_add_expr(rule, protocol);

    struct nftnl_expr *port = nftnl_expr_alloc("payload");
    nftnl_expr_set_u32(port, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
    nftnl_expr_set_u32(port, NFTNL_EXPR_PAYLOAD_OFFSET, 2);
    nftnl_expr_set_u32(port, NFTNL_EXPR_PAYLOAD_LEN, 2);
    nftnl_expr_set_u32(port, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG32_01);
    nftnl_rule_add_expr(rule, port);

    struct nftnl_expr *lookup = nftnl_expr_alloc("lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG32_00);
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, MAP);
    nftnl_rule_add_expr(rule, lookup);

    nftnl_rule_nlmsg_build_payload(
        nft_batch_begin_message(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND), rule);
    nft_batch_end_message(batch, "rule");
    nftnl_rule_free(rule);
}

BenchBatch bench_bare_table(const char *name, guint n_pairs)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    put_table(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE, name);
    put_base_chain(batch, name);
    if (n_pairs > 0) {
        put_map(batch, name);
        put_elements(batch, name, 1, n_pairs, TRUE);
        put_lookup(batch, name);
    }
    return bench_batch_from(batch);
}

BenchBatch bench_bare_deletion(const char *name)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    put_table(batch, NFT_MSG_DELTABLE, 0, name);
    return bench_batch_from(batch);
}

BenchBatch bench_bare_amendment(const char *name, guint first_port, guint n_pairs, gboolean add)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    put_elements(batch, name, first_port, n_pairs, add);
    return bench_batch_from(batch);
}
