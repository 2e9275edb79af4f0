/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the foreign "flush ruleset" to the table's being back, as seen by somebody else: secpold
 * that may not own its table, against a loop that does nothing but listen and commit the same
 * bytes again. Each has a network namespace; they take turns. Arguments: secpold, and that loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/bench-daemon.h"
#include "tests/bench/bench-table.h"
#include "tests/bench/bench-watch.h"
#include "tests/bench/bench.h"

#define ROUNDS 60

/* secpold limits how often it looks at changes: this is slow enough not to meet the limit. */
#define PAUSE_USEC 60000

typedef struct Side {
    int namespace_fd;
    struct mnl_socket *watch;
    struct mnl_socket *mnl;
    BenchSeries series;
} Side;

static Side side_new(void)
{
    Side side = {.namespace_fd = bench_namespace_new(), .series = bench_series_new()};
    bench_namespace_enter(side.namespace_fd);
    side.watch = bench_watch_open();
    side.mnl = bench_socket_open();
    return side;
}

static char *write_batch(void)
{
    g_autoptr(Plan) plan = bench_plan_all("");
    g_autoptr(FirewallRuleset) none = bench_ruleset_none();
    g_autoptr(FirewallRuleset) want = bench_ruleset(plan);
    g_autoptr(NftBatch) changes = bench_secpold_batch(none, want);
    g_auto(BenchBatch) batch = bench_batch_from(changes);
    return bench_write_file("batch", batch.bytes->data, batch.bytes->len);
}

static void flush_and_wait(Side *side)
{
    usleep(PAUSE_USEC);
    bench_watch_drain(side->watch);
    const double start = bench_flush_ruleset(side->mnl);
    bench_series_add(&side->series, bench_watch_table(side->watch, "secpold") - start);
}

int main(int argc, char *argv[])
{
    g_set_prgname("bench-restore");
    if (argc != 3)
        bench_fail(0, "arguments: SECPOLD FLOOR");
    bench_bus_start();
    g_autofree char *batch = write_batch();

    Side floor = side_new();
    bench_child_start((const char *const[]){argv[2], batch, NULL});
    bench_child_wait_ready();
    Side own = side_new();
    bench_secpold_start(argv[1], "[Firewall]\nTableOwner=no\n");
    bench_child_wait_ready();

    for (guint round = 0; round < ROUNDS; round++) {
        flush_and_wait(&floor);
        flush_and_wait(&own);
    }
    bench_print_title("Rules flushed by another process; the floor only listens and commits");
    bench_print_series("flush to restored", &floor.series, &own.series, "us", "1.5x");
    return EXIT_SUCCESS;
}
