/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void bench_fail(int error_number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: cannot measure: ", g_get_prgname());
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s%s\n", error_number ? ": " : "",
            error_number ? g_strerror(error_number) : "");
    exit(EXIT_FAILURE);
}

void bench_require(gboolean ok, const GError *error, const char *what)
{
    if (!ok)
        bench_fail(0, "%s: %s", what, error ? error->message : "failed");
}

double bench_now_usec(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

BenchSeries bench_series_new(void)
{
    return (BenchSeries){g_array_new(FALSE, FALSE, sizeof(double))};
}

void bench_series_clear(BenchSeries *series)
{
    if (series->values)
        g_array_unref(series->values);
}

void bench_series_add(BenchSeries *series, double value)
{
    g_array_append_val(series->values, value);
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

double bench_series_median(const BenchSeries *series)
{
    if (series->values->len == 0)
        bench_fail(0, "nothing was measured");
    g_autoptr(GArray) sorted = g_array_copy(series->values);
    g_array_sort(sorted, compare);
    const guint upper = sorted->len / 2, lower = (sorted->len - 1) / 2;
    return (g_array_index(sorted, double, lower) + g_array_index(sorted, double, upper)) / 2;
}

double bench_series_ratio(const BenchSeries *own, const BenchSeries *floor)
{
    g_auto(BenchSeries) ratios = bench_series_new();
    if (own->values->len != floor->values->len)
        bench_fail(0, "rounds are missing");
    for (guint i = 0; i < own->values->len; i++)
        bench_series_add(&ratios, g_array_index(own->values, double, i) /
                                      g_array_index(floor->values, double, i));
    return bench_series_median(&ratios);
}

void bench_print_title(const char *title)
{
    printf("\n%s\n%-58s %14s %14s %7s  %s\n", title, "what", "floor", "secpold", "ratio", "budget");
}

static void print_value(double value, const char *unit)
{
    g_autofree char *text =
        value < 0 ? g_strdup("-") : g_strdup_printf("%.*f %s", value < 100 ? 2 : 0, value, unit);
    printf(" %14s", text);
}

void bench_print_row(const char *what, double floor, double own, double ratio, const char *unit,
                     const char *budget)
{
    printf("%-58s", what);
    print_value(floor, unit);
    print_value(own, unit);
    if (ratio < 0)
        printf(" %7s", "-");
    else
        printf(" %6.2fx", ratio);
    printf("  %s\n", budget);
    fflush(stdout);
}

void bench_print_series(const char *what, const BenchSeries *floor, const BenchSeries *own,
                        const char *unit, const char *budget)
{
    bench_print_row(what, bench_series_median(floor), bench_series_median(own),
                    bench_series_ratio(own, floor), unit, budget);
}

void bench_stay_on_one_processor(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof(one), &one) < 0)
        bench_fail(errno, "stay on one processor");
}

static int open_own_namespace(void)
{
    const int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        bench_fail(errno, "open the network namespace");
    return fd;
}

static void set_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        bench_fail(errno, "set up the loopback interface");
    close(fd);
}

int bench_namespace_new(void)
{
    const int home = open_own_namespace();
    if (unshare(CLONE_NEWNET) < 0)
        bench_fail(errno, "make a network namespace (run this as root)");
    const int made = open_own_namespace();
    set_up_loopback();
    bench_namespace_enter(home);
    close(home);
    return made;
}

void bench_namespace_enter(int namespace_fd)
{
    if (setns(namespace_fd, CLONE_NEWNET) < 0)
        bench_fail(errno, "enter a network namespace");
}
