/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a change to the table takes from sending to acknowledgement: secpold's own sending code
 * against a bare socket that sends the very same bytes, and against a table that is as small as it
 * can be. The whole pass of the enforcer (read, compare, commit, read back) is shown for scale.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/enforce/firewall/firewall.h"
#include "daemon/enforce/firewall/nft-socket.h"
#include "tests/bench/bench-table.h"
#include "tests/bench/bench.h"

#define ROUNDS      200
#define WIDE_ROUNDS 25
#define BARE        "bare"

/* The catalog's 39 port numbers, and one more, as pairs of protocol and port; and what a change of
 * policy closes, 15 numbers. */
#define PAIRS         40
#define CHANGED_PAIRS 15

/* For the kernel to take apart what was deleted. */
#define SETTLE_USEC 2000

/* Items with 15 ports: 4 + 2 + 5 + 1 + 1 + 1 + 1. */
static const char *const changed_items[] = {
    "RestrictSmbPort", "RestrictWsdPort", "RestrictSipPort", "RestrictLpdPort",
    "RestrictRawPort", "RestrictFtpPort", "RestrictIppPort", NULL,
};
/* What is closed before and after. */
static const char *const standing_items[] = {
    "RestrictSmtpPort", "RestrictMdnsPort", "RestrictSlpPort", "RestrictDedicatedPort", NULL,
};

static Plan *plan_of_both(void)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (guint i = 0; standing_items[i]; i++)
        g_ptr_array_add(keys, (gpointer)standing_items[i]);
    for (guint i = 0; changed_items[i]; i++)
        g_ptr_array_add(keys, (gpointer)changed_items[i]);
    g_ptr_array_add(keys, NULL);
    return bench_plan_items((const char *const *)keys->pdata);
}

static double commit(NftSocket *nft_socket, const FirewallRuleset *have,
                     const FirewallRuleset *want)
{
    g_autoptr(NftBatch) batch = bench_secpold_batch(have, want);
    g_autoptr(GError) error = NULL;
    const double start = bench_now_usec();
    const gboolean ok = nft_socket_commit(nft_socket, batch, &error);
    const double taken = bench_now_usec() - start;
    bench_require(ok, error, "commit");
    return taken;
}

static void settle(void)
{
    usleep(SETTLE_USEC);
}

static BenchBatch batch_between(const FirewallRuleset *have, const FirewallRuleset *want)
{
    g_autoptr(NftBatch) batch = bench_secpold_batch(have, want);
    return bench_batch_from(batch);
}

/* One of the two changes that are measured, there and back. */
typedef struct Change {
    const char *what;
    const char *what_bare;
    FirewallRuleset *from;
    FirewallRuleset *to;
    BenchBatch bare_there; /* in the bare table */
    BenchBatch bare_back;
    const char *budget;
} Change;

static guint count_elements(const FirewallRuleset *ruleset)
{
    guint n_elements = 0;
    for (guint i = 0; i < ruleset->maps->len; i++)
        n_elements += ((const FirewallMap *)g_ptr_array_index(ruleset->maps, i))->elements->len;
    return n_elements;
}

static void measure(NftSocket *nft_socket, struct mnl_socket *mnl, const Change *change,
                    guint n_rounds)
{
    g_auto(BenchSeries) same = bench_series_new();
    g_auto(BenchSeries) small = bench_series_new();
    g_auto(BenchSeries) own = bench_series_new();
    g_auto(BenchBatch) there = batch_between(change->from, change->to);
    g_auto(BenchBatch) back = batch_between(change->to, change->from);

    for (guint round = 0; round < n_rounds; round++) {
        bench_series_add(&same, bench_send(mnl, &there));
        bench_send(mnl, &back);
        settle();
        bench_series_add(&own, commit(nft_socket, change->from, change->to));
        commit(nft_socket, change->to, change->from);
        settle();
        bench_series_add(&small, bench_send(mnl, &change->bare_there));
        bench_send(mnl, &change->bare_back);
        settle();
    }
    g_autoptr(NftBatch) batch = bench_secpold_batch(change->from, change->to);
    printf("(secpold sends %u messages, %u bytes, %u elements)\n", nft_batch_n_sequences(batch),
           there.bytes->len, count_elements(change->to) - count_elements(change->from));
    bench_print_series(change->what, &same, &own, "us", change->budget);
    bench_print_series(change->what_bare, &small, &own, "us", "- (for scale)");
}

static double reconcile(Enforcer *enforcer, const Plan *plan)
{
    g_autoptr(EnforcerReport) report = enforcer_report_new();
    g_autoptr(GError) error = NULL;
    const double start = bench_now_usec();
    const gboolean ok = enforcer->class->reconcile(enforcer, plan, report, &error);
    const double taken = bench_now_usec() - start;
    bench_require(ok, error, "reconcile");
    return taken;
}

static void measure_passes(const Plan *some, const Plan *more, const Plan *none)
{
    g_auto(BenchSeries) build = bench_series_new();
    g_auto(BenchSeries) amend = bench_series_new();
    g_auto(BenchSeries) verify = bench_series_new();
    sd_event *event = NULL;
    bench_require(sd_event_new(&event) >= 0, NULL, "event loop");
    g_autoptr(Enforcer) enforcer = firewall_new(event, -1, NULL);

    for (guint round = 0; round < ROUNDS; round++) {
        bench_series_add(&build, reconcile(enforcer, some));
        bench_series_add(&amend, reconcile(enforcer, more));
        bench_series_add(&verify, reconcile(enforcer, more));
        reconcile(enforcer, none);
        settle();
    }
    bench_print_row("whole pass: first table", -1, bench_series_median(&build), -1, "us", "-");
    bench_print_row("whole pass: 15 ports more", -1, bench_series_median(&amend), -1, "us", "-");
    bench_print_row("whole pass: nothing to do", -1, bench_series_median(&verify), -1, "us", "-");
    sd_event_unref(event);
}

static void measure_first_tables(NftSocket *nft_socket, struct mnl_socket *mnl)
{
    g_autoptr(Plan) all = bench_plan_all("");
    g_autoptr(Plan) wide = bench_plan_all("[Ports]\nRestrictLpdPort=20000-20999\n");
    g_autoptr(FirewallRuleset) none = bench_ruleset_none();
    g_autoptr(FirewallRuleset) table = bench_ruleset(all);
    g_autoptr(FirewallRuleset) wide_table = bench_ruleset(wide);

    const Change build = {
        "first full table: same bytes, bare socket",
        "first full table: 40 elements in one map",
        none,
        table,
        bench_bare_table(BARE, PAIRS),
        bench_bare_deletion(BARE),
        "1.2x",
    };
    measure(nft_socket, mnl, &build, ROUNDS);

    /* The time should grow with the number of ports, not with its square. */
    const Change build_wide = {
        "with 1,000 ports more: same bytes, bare socket",
        "with 1,000 ports more: 1,040 elements in one map",
        none,
        wide_table,
        bench_bare_table(BARE, PAIRS + 1000),
        bench_bare_deletion(BARE),
        "-",
    };
    measure(nft_socket, mnl, &build_wide, WIDE_ROUNDS);
}

static void measure_amendments(NftSocket *nft_socket, struct mnl_socket *mnl, const Plan *standing,
                               const Plan *more)
{
    g_autoptr(FirewallRuleset) none = bench_ruleset_none();
    g_autoptr(FirewallRuleset) from = bench_ruleset(standing);
    g_autoptr(FirewallRuleset) to = bench_ruleset(more);
    g_auto(BenchBatch) bare_table = bench_bare_table(BARE, PAIRS);

    bench_send(mnl, &bare_table);
    commit(nft_socket, none, from);
    const Change amend = {
        "close 15 ports: same bytes, bare socket",
        "close 15 ports: 15 elements in one map",
        from,
        to,
        bench_bare_amendment(BARE, 1000, CHANGED_PAIRS, TRUE),
        bench_bare_amendment(BARE, 1000, CHANGED_PAIRS, FALSE),
        "1.3x",
    };
    measure(nft_socket, mnl, &amend, ROUNDS);
    commit(nft_socket, from, none);
}

int main(int argc, char *argv[])
{
    g_set_prgname("bench-commit");
    bench_namespace_enter(bench_namespace_new());
    g_autoptr(GError) error = NULL;
    g_autoptr(NftSocket) nft_socket = nft_socket_new(-1, &error);
    bench_require(nft_socket != NULL, error, "netlink socket");
    struct mnl_socket *mnl = bench_socket_open();
    g_autoptr(Plan) nothing = bench_plan_items((const char *const[]){NULL});
    g_autoptr(Plan) standing = bench_plan_items(standing_items);
    g_autoptr(Plan) more = plan_of_both();

    bench_print_title("Commit, send to acknowledgement");
    measure_first_tables(nft_socket, mnl);
    measure_amendments(nft_socket, mnl, standing, more);
    measure_passes(standing, more, nothing);
    mnl_socket_close(mnl);
    return EXIT_SUCCESS;
}
