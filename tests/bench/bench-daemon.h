/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs under measurement: a private bus, secpold, and floors, each a child with a notify
 * socket. All of them end with the benchmark, however it ends. */
#pragma once

#include <glib.h>
#include <sys/types.h>

/* A directory of the benchmark's own; owned by this file and removed at exit. */
const char *bench_directory(void);

/* Writes a file there and returns its path. Free with g_free(). */
char *bench_write_file(const char *name, gconstpointer content, gsize length);

/* A dbus-daemon on which everything is allowed; its address goes to DBUS_SYSTEM_BUS_ADDRESS, where
 * children and sd_bus_open_system() find it. */
void bench_bus_start(void);

typedef struct BenchChild {
    pid_t pid;
    double started; /* bench_now_usec() before fork() */
} BenchChild;

/* Starts @arguments, NULL-terminated, in the network namespace the caller is in. Output goes to
 * the file "log" of the directory. One child at a time may be waited for. */
BenchChild bench_child_start(const char *const *arguments);

/* bench_now_usec() when it said READY=1. Fails when that takes more than 10 seconds. */
double bench_child_wait_ready(void);

/* Ends it and takes its status. */
void bench_child_stop(const BenchChild *child);

/* secpold with a policy of all items, and with @profile_text as its device profile. */
BenchChild bench_secpold_start(const char *program, const char *profile_text);
