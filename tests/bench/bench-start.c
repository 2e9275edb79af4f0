/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From exec to rules in the kernel, as seen by somebody else, and from exec to READY=1: secpold
 * with a policy of all items against a program that opens the bus and commits the same bytes.
 * Arguments: secpold, and that program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench-daemon.h"
#include "tests/bench/bench-table.h"
#include "tests/bench/bench-watch.h"
#include "tests/bench/bench.h"

#define ROUNDS      40
#define SETTLE_USEC 20000

typedef struct Times {
    BenchSeries rules;
    BenchSeries ready;
} Times;

static void take(Times *times, const BenchChild *child, struct mnl_socket *watch)
{
    bench_series_add(&times->rules, (bench_watch_table(watch, "secpold") - child->started) / 1000);
    bench_series_add(&times->ready, (bench_child_wait_ready() - child->started) / 1000);
    usleep(SETTLE_USEC); /* for secpold to finish with the bus */
    bench_child_stop(child);
}

static void clear(struct mnl_socket *mnl, struct mnl_socket *watch)
{
    bench_flush_ruleset(mnl);
    usleep(SETTLE_USEC);
    bench_watch_drain(watch);
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

int main(int argc, char *argv[])
{
    g_set_prgname("bench-start");
    if (argc != 3)
        bench_fail(0, "arguments: SECPOLD FLOOR");
    bench_namespace_enter(bench_namespace_new());
    bench_bus_start();
    struct mnl_socket *watch = bench_watch_open(), *mnl = bench_socket_open();
    g_autofree char *batch = write_batch();

    Times floor = {bench_series_new(), bench_series_new()};
    Times own = {bench_series_new(), bench_series_new()};
    for (guint round = 0; round < ROUNDS; round++) {
        const BenchChild bare = bench_child_start((const char *const[]){argv[2], batch, NULL});
        take(&floor, &bare, watch);
        clear(mnl, watch);
        const BenchChild secpold = bench_secpold_start(argv[1], "");
        take(&own, &secpold, watch);
        clear(mnl, watch);
    }
    bench_print_title("Start; the floor opens the bus and commits the same bytes");
    bench_print_series("exec to rules in the kernel", &floor.rules, &own.rules, "ms", "8 ms");
    bench_print_series("exec to READY=1", &floor.ready, &own.ready, "ms", "-");
    return EXIT_SUCCESS;
}
