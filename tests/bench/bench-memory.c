/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory at rest, from /proc/PID/smaps_rollup: secpold enforcing all items and connected to the
 * bus, against a program that only opens the same libraries. Each has a copy of these libraries of
 * its own, so that the share of a page does not depend on who else runs on the machine.
 * Arguments: secpold, and that program.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench-daemon.h"
#include "tests/bench/bench-table.h"
#include "tests/bench/bench-watch.h"
#include "tests/bench/bench.h"

#define ROUNDS 7

/* To connect, publish all objects and come to rest. */
#define REST_USEC 500000

typedef struct Memory {
    BenchSeries pss;
    BenchSeries private_dirty;
} Memory;

static Memory memory_new(void)
{
    return (Memory){bench_series_new(), bench_series_new()};
}

static void memory_clear(Memory *memory)
{
    bench_series_clear(&memory->pss);
    bench_series_clear(&memory->private_dirty);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Memory, memory_clear)

/* In KiB. */
static double field(const char *rollup, const char *name)
{
    const char *found = strstr(rollup, name);
    if (!found)
        bench_fail(0, "no %s in smaps_rollup", name);
    return g_ascii_strtod(found + strlen(name), NULL);
}

static void take(Memory *memory, const BenchChild *child)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/smaps_rollup", (int)child->pid);
    g_autofree char *rollup = NULL;
    g_autoptr(GError) error = NULL;
    bench_require(g_file_get_contents(path, &rollup, NULL, &error), error, path);
    bench_series_add(&memory->pss, field(rollup, "\nPss:"));
    bench_series_add(&memory->private_dirty, field(rollup, "\nPrivate_Dirty:"));
}

/* Copies of libraries */

static char *copies;

static void remove_copies(void)
{
    g_autofree char *command = g_strdup_printf("rm -r %s", copies);
    (void)g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL);
}

/* Pages of a file that are not on disk yet would count as dirty memory. */
static void write_back(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        bench_fail(errno, "write %s to disk", path);
    close(fd);
}

static void copy_file(const char *path, const char *folder)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *copy = g_build_filename(copies, folder, name, NULL);
    g_autofree char *command = g_strdup_printf("cp -L %s %s", path, copy);
    g_autoptr(GError) error = NULL;
    int status = 0;
    bench_require(g_spawn_command_line_sync(command, NULL, NULL, &status, &error) &&
                      g_spawn_check_wait_status(status, &error),
                  error, command);
    write_back(copy);
}

/* Lines like "libmnl.so.0 => /lib/x86_64-linux-gnu/libmnl.so.0 (0x00007f...)". */
static void copy_libraries(const char *program, const char *folder)
{
    g_autofree char *target = g_build_filename(copies, folder, NULL);
    g_autofree char *command = g_strdup_printf("ldd %s", program);
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    bench_require(g_spawn_command_line_sync(command, &output, NULL, NULL, &error), error, command);
    if (g_mkdir(target, 0700) < 0)
        bench_fail(errno, "make %s", target);

    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (char **line = lines; *line; line++) {
        const char *arrow = strstr(*line, "=> /");
        if (!arrow)
            continue;
        g_autofree char *path = g_strndup(arrow + 3, strcspn(arrow + 3, " "));
        copy_file(path, folder);
    }
}

static void make_copies(const char *secpold, const char *floor)
{
    g_autofree char *path = g_canonicalize_filename(floor, NULL);
    g_autofree char *folder = g_path_get_dirname(path);
    copies = g_build_filename(folder, "libraries-XXXXXX", NULL);
    if (!g_mkdtemp(copies))
        bench_fail(errno, "make %s", copies);
    atexit(remove_copies);
    copy_libraries(secpold, "secpold");
    copy_libraries(floor, "floor");
    write_back(secpold);
    write_back(floor);
}

static void use_copy(const char *folder)
{
    g_autofree char *path = g_build_filename(copies, folder, NULL);
    g_setenv("LD_LIBRARY_PATH", path, TRUE);
}

int main(int argc, char *argv[])
{
    g_set_prgname("bench-memory");
    if (argc != 3)
        bench_fail(0, "arguments: SECPOLD FLOOR");
    make_copies(argv[1], argv[2]);
    bench_namespace_enter(bench_namespace_new());
    bench_bus_start();
    struct mnl_socket *mnl = bench_socket_open();

    g_auto(Memory) floor = memory_new();
    g_auto(Memory) own = memory_new();
    for (guint round = 0; round < ROUNDS; round++) {
        use_copy("floor");
        const BenchChild libraries = bench_child_start((const char *const[]){argv[2], NULL});
        bench_child_wait_ready();
        use_copy("secpold");
        const BenchChild secpold = bench_secpold_start(argv[1], "");
        bench_child_wait_ready();
        usleep(REST_USEC);
        take(&floor, &libraries);
        take(&own, &secpold);
        bench_child_stop(&secpold);
        bench_child_stop(&libraries);
        bench_flush_ruleset(mnl);
    }
    bench_print_title("Memory at rest; the floor opens the same libraries");
    bench_print_series("PSS", &floor.pss, &own.pss, "KiB", "1.15x");
    bench_print_series("private dirty", &floor.private_dirty, &own.private_dirty, "KiB",
                       "717 KiB (0.7 MiB)");
    mnl_socket_close(mnl);
    return EXIT_SUCCESS;
}
