/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a table costs each packet that is let through: UDP datagrams over a veth pair from one
 * network namespace to another, sent and received by this one thread, so that the time includes
 * all the kernel does with a packet and nothing is lost. Each kind of table has a pair of
 * namespaces of its own; they take turns, a few milliseconds each.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench-table.h"
#include "tests/bench/bench.h"

#define ROUNDS           250
#define BURST            64 /* fits into a socket's receive buffer */
#define BURSTS_PER_ROUND 20
#define PAYLOAD          64

/* Packets that have not arrived after this time do not. */
#define ARRIVAL_TIMEOUT_MS 100

/* The address of the device and of its peer, and a port that is open in all tables. */
#define DEVICE_ADDRESS "10.99.0.1"
#define PEER_ADDRESS   "10.99.0.2"
#define OPEN_PORT      40000
#define CLOSED_PORT    515

typedef struct Lane {
    const char *what;
    const char *budget;
    guint bare_pairs;    /* NO_TABLE, or a bare table with as many elements */
    const char *profile; /* not NULL: secpold's table for all items on a device like that */
    int device;          /* network namespaces */
    int peer;
    int device_socket; /* connected to each other */
    int peer_socket;
    BenchSeries in;
    BenchSeries out;
} Lane;

#define NO_TABLE G_MAXUINT

static Lane lanes[] = {
    {.what = "no table", .budget = "-", .bare_pairs = NO_TABLE},
    {.what = "empty hook", .budget = "- (for scale)", .bare_pairs = 0},
    {.what = "one hash map of 40", .budget = "- (for scale)", .bare_pairs = 40},
    {.what = "secpold, all items", .budget = "1.08x", .profile = ""},
    {.what = "secpold, all items and 1,000 ports",
     .budget = "1.13x",
     .profile = "[Ports]\nRestrictLpdPort=20000-20999\n"},
    {.what = "secpold, all items and 32,767 ports",
     .budget = "-",
     .profile = "[Ports]\nRestrictLpdPort=1-32767\n"},
};

static void run_ip(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void run_ip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *command = g_strconcat("ip ", words, NULL);
    g_autoptr(GError) error = NULL;
    int status = 0;
    bench_require(g_spawn_command_line_sync(command, NULL, NULL, &status, &error) &&
                      g_spawn_check_wait_status(status, &error),
                  error, command);
}

static void join(Lane *lane)
{
    lane->device = bench_namespace_new();
    lane->peer = bench_namespace_new();
    bench_namespace_enter(lane->device);
    run_ip("link add lan0 type veth peer name lan0 netns /proc/%d/fd/%d", getpid(), lane->peer);
    run_ip("addr add " DEVICE_ADDRESS "/24 dev lan0");
    run_ip("link set lan0 up");
    bench_namespace_enter(lane->peer);
    run_ip("addr add " PEER_ADDRESS "/24 dev lan0");
    run_ip("link set lan0 up");
}

static struct sockaddr_in address_of(const char *text, guint16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

static int open_socket(int namespace_fd, const char *own, const char *other, guint16 port)
{
    const struct sockaddr_in from = address_of(own, port), to = address_of(other, port);
    bench_namespace_enter(namespace_fd);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0 ||
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
        bench_fail(errno, "open a socket");
    return fd;
}

static void install(const Lane *lane)
{
    bench_namespace_enter(lane->device);
    struct mnl_socket *mnl = bench_socket_open();
    if (lane->profile) {
        g_autoptr(Plan) plan = bench_plan_all(lane->profile);
        g_autoptr(FirewallRuleset) none = bench_ruleset_none();
        g_autoptr(FirewallRuleset) want = bench_ruleset(plan);
        g_autoptr(NftBatch) changes = bench_secpold_batch(none, want);
        g_auto(BenchBatch) batch = bench_batch_from(changes);
        bench_send(mnl, &batch);
    } else if (lane->bare_pairs != NO_TABLE) {
        g_auto(BenchBatch) batch = bench_bare_table("bare", lane->bare_pairs);
        bench_send(mnl, &batch);
    }
    mnl_socket_close(mnl);
}

/* Datagrams that all are the same, and room to receive as many. */
typedef struct Burst {
    struct mmsghdr headers[BURST];
    struct iovec payload;
    char bytes[PAYLOAD];
} Burst;

static void burst_init(Burst *burst)
{
    memset(burst, 0, sizeof(*burst));
    burst->payload = (struct iovec){burst->bytes, sizeof(burst->bytes)};
    for (guint i = 0; i < BURST; i++) {
        burst->headers[i].msg_hdr.msg_iov = &burst->payload;
        burst->headers[i].msg_hdr.msg_iovlen = 1;
    }
}

/* Returns how many arrived. Normally all have when sending returns; on a busy machine the kernel
 * may leave some for later. */
static guint exchange(Burst *burst, int from, int to)
{
    guint received = 0;
    struct pollfd waiting = {.fd = to, .events = POLLIN};
    if (sendmmsg(from, burst->headers, BURST, 0) != BURST)
        bench_fail(errno, "send packets");
    do {
        const int more = recvmmsg(to, burst->headers, BURST, MSG_DONTWAIT, NULL);
        received += more > 0 ? (guint)more : 0;
    } while (received < BURST && poll(&waiting, 1, ARRIVAL_TIMEOUT_MS) > 0);
    return received;
}

/* Nanoseconds per packet. */
static double measure(Burst *burst, int from, int to)
{
    guint received = 0;
    const double start = bench_now_usec();
    for (guint i = 0; i < BURSTS_PER_ROUND; i++)
        received += exchange(burst, from, to);
    const double taken = bench_now_usec() - start;
    if (received != BURST * BURSTS_PER_ROUND)
        bench_fail(0, "%u of %u packets arrived", received, BURST * BURSTS_PER_ROUND);
    return taken * 1000 / received;
}

/* Until the addresses are resolved, packets wait for it. */
static void warm_up(const Lane *lane, Burst *burst)
{
    for (guint attempt = 0; attempt < 20; attempt++) {
        const guint in = exchange(burst, lane->peer_socket, lane->device_socket);
        const guint out = exchange(burst, lane->device_socket, lane->peer_socket);
        if (in == BURST && out == BURST)
            return;
    }
    bench_fail(0, "%s: packets do not arrive", lane->what);
}

static void check_closed(const Lane *lane, Burst *burst)
{
    const int device = open_socket(lane->device, DEVICE_ADDRESS, PEER_ADDRESS, CLOSED_PORT);
    const int peer = open_socket(lane->peer, PEER_ADDRESS, DEVICE_ADDRESS, CLOSED_PORT);
    const guint received = exchange(burst, peer, device);
    if ((received > 0) != !lane->profile)
        bench_fail(0, "%s: %u packets arrived at port %u", lane->what, received, CLOSED_PORT);
    close(device);
    close(peer);
}

static void prepare(Lane *lane, Burst *burst)
{
    join(lane);
    install(lane);
    lane->device_socket = open_socket(lane->device, DEVICE_ADDRESS, PEER_ADDRESS, OPEN_PORT);
    lane->peer_socket = open_socket(lane->peer, PEER_ADDRESS, DEVICE_ADDRESS, OPEN_PORT);
    lane->in = bench_series_new();
    lane->out = bench_series_new();
    warm_up(lane, burst);
    check_closed(lane, burst);
}

static void run_round(guint round, Burst *burst)
{
    for (guint i = 0; i < G_N_ELEMENTS(lanes); i++) {
        Lane *lane = &lanes[(round + i) % G_N_ELEMENTS(lanes)];
        bench_series_add(&lane->in, measure(burst, lane->peer_socket, lane->device_socket));
        bench_series_add(&lane->out, measure(burst, lane->device_socket, lane->peer_socket));
    }
}

static void print_lane(const Lane *lane)
{
    const double in = bench_series_median(&lane->in), out = bench_series_median(&lane->out);
    g_autofree char *what_in = g_strdup_printf("in, %s: %.0f packets/s", lane->what, 1e9 / in);
    g_autofree char *what_out = g_strdup_printf("out, %s: %.0f packets/s", lane->what, 1e9 / out);
    bench_print_series(what_in, &lanes[0].in, &lane->in, "ns", lane->budget);
    bench_print_series(what_out, &lanes[0].out, &lane->out, "ns", lane->budget);
}

int main(int argc, char *argv[])
{
    Burst burst;

    g_set_prgname("bench-packets");
    /* Where a packet is handled on one processor and received on another, its cost depends on
     * which. */
    bench_stay_on_one_processor();
    burst_init(&burst);
    for (guint i = 0; i < G_N_ELEMENTS(lanes); i++)
        prepare(&lanes[i], &burst);
    for (guint round = 0; round < ROUNDS; round++)
        run_round(round, &burst);

    bench_print_title("Cost of a packet, sending and receiving it; the floor has no table");
    for (guint i = 0; i < G_N_ELEMENTS(lanes); i++)
        print_lane(&lanes[i]);
    for (guint i = 0; i < G_N_ELEMENTS(lanes); i++) {
        bench_series_clear(&lanes[i].in);
        bench_series_clear(&lanes[i].out);
    }
    return EXIT_SUCCESS;
}
