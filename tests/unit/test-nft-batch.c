/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a batch: numbered, acknowledged once, within netlink's limits, and saying what was
 * meant when libnftnl reads them back. */
#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/firewall-text.h"
#include "tests/unit/plan-maker.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#define FIRST_SEQUENCE 0xfffffff0u /* wraps around within the batch */

typedef struct Written {
    FirewallRuleset *want;
    NftBatch *batch;
    GPtrArray *messages; /* element type const struct nlmsghdr, into the batch */
} Written;

static Written *write_first_batch(const char *keys, const char *profile)
{
    g_autoptr(Plan) plan = make_plan(keys, profile);
    const FirewallParameters parameters = {
        .table = "secpold",
        .flags = FIREWALL_TABLE_OWNER | FIREWALL_TABLE_PERSIST,
        .ephemeral = {32768, 60999},
        .slot = FIREWALL_SLOT_A,
    };
    g_autoptr(FirewallRuleset) nothing = firewall_ruleset_new("secpold");
    Written *written = g_new0(Written, 1);
    written->want = firewall_ruleset_build(plan, &parameters);
    written->batch = nft_batch_new();
    written->messages = g_ptr_array_new();

    g_autoptr(FirewallDiff) diff = firewall_diff_new(nothing, written->want);
    for (guint i = 0; i < diff->operations->len; i++)
        firewall_operation_append(&g_array_index(diff->operations, FirewallOperation, i), "secpold",
                                  written->batch);
    gsize length = 0;
    const guint8 *bytes = nft_batch_finish(written->batch, FIRST_SEQUENCE, &length);
    for (gsize offset = 0; offset < length;) {
        const struct nlmsghdr *message = (const struct nlmsghdr *)(gconstpointer)(bytes + offset);
        g_assert_cmpuint(offset + message->nlmsg_len, <=, length);
        g_assert_cmpuint(message->nlmsg_len % NLMSG_ALIGNTO, ==, 0);
        g_ptr_array_add(written->messages, (gpointer)message);
        offset += message->nlmsg_len;
    }
    return written;
}

static void written_free(Written *written)
{
    nft_batch_free(written->batch);
    firewall_ruleset_free(written->want);
    g_ptr_array_unref(written->messages);
    g_free(written);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Written, written_free)

static const struct nlmsghdr *message_at(const Written *written, guint i)
{
    return g_ptr_array_index(written->messages, i);
}

static void test_frame(void)
{
    g_autoptr(Written) written = write_first_batch("RestrictLpdPort", "");
    const guint n_messages = written->messages->len;
    g_assert_cmpuint(nft_batch_n_sequences(written->batch), ==, n_messages);
    g_assert_cmpuint(message_at(written, 0)->nlmsg_type, ==, NFNL_MSG_BATCH_BEGIN);
    g_assert_cmpuint(message_at(written, n_messages - 1)->nlmsg_type, ==, NFNL_MSG_BATCH_END);

    for (guint i = 0; i < n_messages; i++) {
        const struct nlmsghdr *message = message_at(written, i);
        g_assert_cmpuint(message->nlmsg_seq, ==, FIRST_SEQUENCE + i);
        g_assert_true(((message->nlmsg_flags & NLM_F_ACK) != 0) == (i == n_messages - 2));
        g_assert_true(nft_batch_is_last(written->batch, i) == (i == 0 || i == n_messages - 2));
        g_assert_cmpuint(strlen(nft_batch_describe(written->batch, i)), >, 0);
    }
    g_assert_cmpstr(nft_batch_describe(written->batch, 0), ==, "commit the changes");
    g_assert_cmpstr(nft_batch_describe(written->batch, 1), ==,
                    "create table secpold with flags 0x6 in table secpold");
    g_assert_cmpstr(nft_batch_describe(written->batch, n_messages), ==, "commit the changes");
}

static void test_empty(void)
{
    g_autoptr(NftBatch) batch = nft_batch_new();
    g_assert_true(nft_batch_is_empty(batch));
    nft_batch_begin_message(batch, NFT_MSG_DELTABLE, 0);
    nft_batch_end_message(batch, "try");
    g_assert_false(nft_batch_is_empty(batch));
}

/* The length of an attribute has 16 bits: longer lists of elements need several messages. */
static void test_many_elements(void)
{
    g_autoptr(Written) written =
        write_first_batch("RestrictIppPort", "[Ports]\nRestrictIppPort=20000-21000 22000-23000\n");
    const FirewallMap *closed = firewall_ruleset_find_map(written->want, "closed");
    guint n_elements = 0;
    for (guint i = 0; i < written->messages->len; i++) {
        const struct nlmsghdr *message = message_at(written, i);
        if (message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSETELEM))
            continue;
        const struct nlattr *attribute, *element;
        mnl_attr_for_each(attribute, message,
                          sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attribute) ==
                                                       NFTA_SET_ELEM_LIST_ELEMENTS)
            mnl_attr_for_each_nested(element, attribute) n_elements++;
        g_assert_cmpuint(message->nlmsg_len, <, 60000);
    }
    g_assert_cmpuint(closed->elements->len, ==, 5 * (1001 + 1001 + 1));
    g_assert_cmpuint(n_elements, ==, 2 * closed->elements->len);
}

/* Rules as another reader of the messages sees them. */
static void test_rules_say_what_was_meant(void)
{
    g_autoptr(Written) written = write_first_batch("*", "");
    guint n_rules = 0, n_expected = 0;
    for (guint i = 0; i < written->messages->len; i++) {
        const struct nlmsghdr *message = message_at(written, i);
        if (message->nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWRULE))
            continue;
        struct nftnl_rule *rule = nftnl_rule_alloc();
        g_assert_cmpint(nftnl_rule_nlmsg_parse(message, rule), ==, 0);
        const FirewallChain *chain =
            firewall_ruleset_find_chain(written->want, nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN));
        g_assert_nonnull(chain);
        g_autofree char *text = firewall_rule_text(rule);
        guint same = 0;
        for (guint j = 0; j < chain->rules->len; j++)
            same += g_str_equal(((FirewallRule *)g_ptr_array_index(chain->rules, j))->text, text);
        g_assert_cmpuint(same, ==, 1);
        nftnl_rule_free(rule);
        n_rules++;
    }
    for (guint i = 0; i < written->want->chains->len; i++)
        n_expected += ((FirewallChain *)g_ptr_array_index(written->want->chains, i))->rules->len;
    g_assert_cmpuint(n_rules, ==, n_expected);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nft-batch/frame", test_frame);
    g_test_add_func("/nft-batch/empty", test_empty);
    g_test_add_func("/nft-batch/many-elements", test_many_elements);
    g_test_add_func("/nft-batch/rules-say-what-was-meant", test_rules_say_what_was_meant);
    return g_test_run();
}
