/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all benchmarks share: time, medians, the table they print, network namespaces. Everything
 * here ends the program with a message and status 1 where it fails, since a benchmark that cannot
 * measure has nothing else to say.
 */
#pragma once

#include <glib.h>

/* Ends the program with @format, and the text of @error_number unless it is 0. */
void bench_fail(int error_number, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

/* Ends the program unless @ok, with the message of @error, which may be NULL. */
void bench_require(gboolean ok, const GError *error, const char *what);

double bench_now_usec(void); /* CLOCK_MONOTONIC */

/* Measurements of one thing, in whatever unit. */
typedef struct BenchSeries {
    GArray *values; /* element type double */
} BenchSeries;

BenchSeries bench_series_new(void);
void bench_series_clear(BenchSeries *series);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BenchSeries, bench_series_clear)
void bench_series_add(BenchSeries *series, double value);
double bench_series_median(const BenchSeries *series);

/* The median of what @own was in each round as a multiple of what @floor was in the same round:
 * noise that lasts longer than a round falls out. */
double bench_series_ratio(const BenchSeries *own, const BenchSeries *floor);

/* "what | floor | secpold | ratio | budget", a title first. @ratio below 0: none. */
void bench_print_title(const char *title);
void bench_print_row(const char *what, double floor, double own, double ratio, const char *unit,
                     const char *budget);

/* The row of two series. */
void bench_print_series(const char *what, const BenchSeries *floor, const BenchSeries *own,
                        const char *unit, const char *budget);

/* The calling thread and all that it starts from now on. */
void bench_stay_on_one_processor(void);

/* A new network namespace whose loopback interface is up, as a descriptor. The caller stays where
 * it is. */
int bench_namespace_new(void);

/* Moves the calling thread; sockets that are opened from now on belong there. */
void bench_namespace_enter(int namespace_fd);
