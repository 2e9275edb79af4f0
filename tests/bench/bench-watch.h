/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeing from outside when a table comes into being, and putting an end to it. */
#pragma once

#include <libmnl/libmnl.h>

/* A socket that hears of all changes to nftables in the caller's network namespace. */
struct mnl_socket *bench_watch_open(void);

/* bench_now_usec() when the creation of a table of that name was heard of, which the kernel reports
 * with the commit. Fails after 10 seconds. */
double bench_watch_table(struct mnl_socket *watch, const char *table);

/* Forgets what was heard so far. */
void bench_watch_drain(struct mnl_socket *watch);

/* Does what "nft flush ruleset" does. Returns bench_now_usec() just before. */
double bench_flush_ruleset(struct mnl_socket *mnl);
