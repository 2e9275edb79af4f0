/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for the benchmarks: secpold's own, made by its code, and bare ones made with libnftnl
 * alone; and a bare way to send either. */
#pragma once

#include <libmnl/libmnl.h>

#include "daemon/enforce/firewall/firewall-diff.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/nft-batch.h"

/* A batch ready to be sent again and again. */
typedef struct BenchBatch {
    GByteArray *bytes; /* whole messages, begin and end included */
} BenchBatch;

void bench_batch_clear(BenchBatch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BenchBatch, bench_batch_clear)

/* A socket as any program would open it. */
struct mnl_socket *bench_socket_open(void);

/* Sends the batch and waits for the kernel's acknowledgement. Returns the microseconds taken. */
double bench_send(struct mnl_socket *mnl, const BenchBatch *batch);

/* Takes over what secpold would send. */
BenchBatch bench_batch_from(NftBatch *batch);

/* What secpold sends to make @have @want. */
NftBatch *bench_secpold_batch(const FirewallRuleset *have, const FirewallRuleset *want);

/* The plan for all items that close ports, in a device with that profile. */
Plan *bench_plan_all(const char *profile_text);

/* The plan for the items named, NULL-terminated. */
Plan *bench_plan_items(const char *const *keys);

/* Its table, without owner so that anything can delete it. */
FirewallRuleset *bench_ruleset(const Plan *plan);
FirewallRuleset *bench_ruleset_none(void);

/* A table of the name: one base chain at input; with @n_pairs above 0 one rule that looks up
 * protocol and port in one map, whose @n_pairs elements, ports from 1 on in TCP and UDP, drop. */
BenchBatch bench_bare_table(const char *name, guint n_pairs);

/* The same table's deletion, and the addition or deletion of @n_pairs further elements. */
BenchBatch bench_bare_deletion(const char *name);
BenchBatch bench_bare_amendment(const char *name, guint first_port, guint n_pairs, gboolean add);
