/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a daemon on the system bus with rules in the kernel does when it starts: opens the
 * bus, takes a name, commits one prepared batch. Argument: the file with the batch. */
#include <stdlib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "tests/bench/bench-table.h"
#include "tests/bench/bench.h"

int main(int argc, char *argv[])
{
    sd_bus *bus = NULL;
    char *content = NULL;
    gsize length = 0;

    if (argc != 2 || sd_bus_open_system(&bus) < 0 ||
        sd_bus_request_name(bus, "org.example.Floor", 0) < 0 ||
        !g_file_get_contents(argv[1], &content, &length, NULL))
        return EXIT_FAILURE;
    const BenchBatch batch = {g_byte_array_new_take((guint8 *)content, length)};
    bench_send(bench_socket_open(), &batch);
    sd_notify(FALSE, "READY=1");
    pause();
    return EXIT_SUCCESS;
}
