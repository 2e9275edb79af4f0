/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one client sees of secpold on a private bus: calls of Properties.Get, and of
 * GetManagedObjects, against a service that only hands out what lies in memory. They take turns.
 * Arguments: secpold, and that service.
 */
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "tests/bench/bench-daemon.h"
#include "tests/bench/bench.h"

#define ROUNDS           50
#define GETS_PER_ROUND   200
#define WHOLES_PER_ROUND 4

typedef struct Service {
    const char *name;
    const char *path;
    const char *item_path;
    const char *item_interface;
    const char *interface;
    BenchSeries get;
    BenchSeries get_item;
    BenchSeries whole;
} Service;

static sd_bus_message *call(sd_bus *bus, sd_bus_message *request)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *reply = NULL;
    if (sd_bus_call(bus, request, 0, &error, &reply) < 0)
        bench_fail(0, "%s: %s", sd_bus_message_get_destination(request), error.message);
    return reply;
}

static void get(sd_bus *bus, const Service *service, const char *path, const char *interface)
{
    sd_bus_message *request = NULL;
    if (sd_bus_message_new_method_call(bus, &request, service->name, path,
                                       "org.freedesktop.DBus.Properties", "Get") < 0 ||
        sd_bus_message_append(request, "ss", interface, "State") < 0)
        bench_fail(0, "make a message");
    sd_bus_message_unref(call(bus, request));
    sd_bus_message_unref(request);
}

/* Microseconds per call. */
static double measure_gets(sd_bus *bus, const Service *service, const char *path,
                           const char *interface)
{
    const double start = bench_now_usec();
    for (guint i = 0; i < GETS_PER_ROUND; i++)
        get(bus, service, path, interface);
    return (bench_now_usec() - start) / GETS_PER_ROUND;
}

static double measure_wholes(sd_bus *bus, const Service *service)
{
    const double start = bench_now_usec();
    for (guint i = 0; i < WHOLES_PER_ROUND; i++) {
        sd_bus_message *request = NULL;
        if (sd_bus_message_new_method_call(bus, &request, service->name, service->path,
                                           "org.freedesktop.DBus.ObjectManager",
                                           "GetManagedObjects") < 0)
            bench_fail(0, "make a message");
        sd_bus_message_unref(call(bus, request));
        sd_bus_message_unref(request);
    }
    return (bench_now_usec() - start) / WHOLES_PER_ROUND;
}

static void measure(sd_bus *bus, Service *service)
{
    bench_series_add(&service->get, measure_gets(bus, service, service->path, service->interface));
    bench_series_add(&service->get_item,
                     measure_gets(bus, service, service->item_path, service->item_interface));
    bench_series_add(&service->whole, measure_wholes(bus, service));
}

static gboolean is_there(sd_bus *bus, const char *name)
{
    return sd_bus_get_name_creds(bus, name, 0, NULL) >= 0;
}

/* secpold is ready before it is on the bus. */
static void wait_for(sd_bus *bus, const char *name)
{
    for (guint attempt = 0; !is_there(bus, name); attempt++) {
        if (attempt > 500)
            bench_fail(0, "%s does not appear on the bus", name);
        usleep(10000);
    }
}

/* Calls a second, and how many times as many as the floor's. */
static void print_rate(const char *what, const BenchSeries *floor, const BenchSeries *own,
                       const char *budget)
{
    bench_print_row(what, 1e6 / bench_series_median(floor), 1e6 / bench_series_median(own),
                    bench_series_ratio(floor, own), "/s", budget);
}

int main(int argc, char *argv[])
{
    g_set_prgname("bench-bus");
    if (argc != 3)
        bench_fail(0, "arguments: SECPOLD FLOOR");
    /* Who wakes up whom on which of several processors changes the result severalfold. */
    bench_stay_on_one_processor();
    bench_namespace_enter(bench_namespace_new());
    bench_bus_start();
    bench_child_start((const char *const[]){argv[2], NULL});
    bench_child_wait_ready();
    bench_secpold_start(argv[1], "");
    bench_child_wait_ready();

    sd_bus *bus = NULL;
    if (sd_bus_open_system(&bus) < 0)
        bench_fail(0, "open the bus");
    Service floor = {
        .name = "org.example.Floor",
        .path = "/org/example/Floor",
        .interface = "org.example.Floor",
        .item_path = "/org/example/Floor/item/RestrictLpdPort",
        .item_interface = "org.example.Floor.item",
        .get = bench_series_new(),
        .get_item = bench_series_new(),
        .whole = bench_series_new(),
    };
    Service own = {
        .name = "org.secpold1",
        .path = "/org/secpold1",
        .interface = "org.secpold1.Manager",
        .item_path = "/org/secpold1/item/RestrictLpdPort",
        .item_interface = "org.secpold1.Item",
        .get = bench_series_new(),
        .get_item = bench_series_new(),
        .whole = bench_series_new(),
    };
    wait_for(bus, own.name);
    for (guint round = 0; round < ROUNDS; round++) {
        measure(bus, &floor);
        measure(bus, &own);
    }
    bench_print_title("Bus, one client; the floor hands out what lies in memory");
    print_rate("Properties.Get, manager", &floor.get, &own.get, "0.9x");
    print_rate("Properties.Get, item", &floor.get_item, &own.get_item, "0.9x");
    bench_print_series("GetManagedObjects", &floor.whole, &own.whole, "us", "1.1x");
    sd_bus_unref(bus);
    return EXIT_SUCCESS;
}
