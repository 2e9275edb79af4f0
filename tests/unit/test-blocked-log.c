/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/blocked-log.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/two-hosts.h"

/* What the firewall's chains do, as far as the log is concerned, and a prefix of somebody else. */
#define RULES                                                                                      \
    "nft 'table inet test { chain input { type filter hook input priority 0;"                      \
    " tcp dport 515 log prefix \"RestrictLpdPort\" group 5193 drop;"                               \
    " udp dport 161 log prefix \"RestrictSnmpPort\" group 5193 drop;"                              \
    " udp dport 162 log prefix \"SomebodyElse\" group 5193 drop; };"                               \
    " chain output { type filter hook output priority 0;"                                          \
    " udp sport 161 log prefix \"RestrictSnmpPort\" group 5193 drop; }; }'"

typedef struct Fixture {
    sd_event *event;
    Plan *plan;
    Plan *empty;
    BlockedLog *log;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(Policy) policy = policy_new("Test", 1);
    g_autoptr(DeviceProfile) profile = device_profile_new();

    policy_request(policy, catalog_find_item("RestrictLpdPort"), 0);
    fixture->plan = plan_new(policy, profile, TRUE);
    fixture->empty = plan_new_empty(profile);
    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->log = blocked_log_new(fixture->event);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    blocked_log_free(fixture->log);
    plan_unref(fixture->plan);
    plan_unref(fixture->empty);
    sd_event_unref(fixture->event);
}

/* Lets the log listen until it has @count refusals, or for a time in which it should. */
static void wait_for(const Fixture *fixture, guint count)
{
    const gint64 deadline = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    while (blocked_log_count(fixture->log) < count && g_get_monotonic_time() < deadline)
        sd_event_run(fixture->event, G_USEC_PER_SEC / 10);
    g_assert_cmpuint(blocked_log_count(fixture->log), ==, count);
}

/* Returns the source port. */
static guint16 send_datagram(const char *to, guint16 port)
{
    struct sockaddr_storage address;
    socklen_t length = two_hosts_address(to, port, &address);
    const int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(sendto(fd, "x", 1, 0, (const struct sockaddr *)&address, length), ==, 1);
    g_assert_no_errno(getsockname(fd, (struct sockaddr *)&address, &length));
    close(fd);
    return g_ntohs(((const struct sockaddr_in *)&address)->sin_port);
}

static void assert_refusal(const Fixture *fixture, guint age, const char *expected)
{
    const BlockedRefusal *refusal = blocked_log_get(fixture->log, age);
    char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
    const gint64 elapsed = g_get_real_time() - (gint64)refusal->realtime_usec;

    packet_summary_source(&refusal->packet, source);
    packet_summary_destination(&refusal->packet, destination);
    g_autofree char *found =
        g_strdup_printf("%s %s %s %s %u %s", refusal->item->key,
                        packet_summary_protocol_name(refusal->packet.protocol), source, destination,
                        refusal->packet.destination_port, refusal->interface);
    g_assert_cmpstr(found, ==, expected);
    g_assert_cmpint(elapsed, >=, 0);
    g_assert_cmpint(elapsed, <, 20 * G_USEC_PER_SEC);
}

static void test_refusals(Fixture *fixture, gconstpointer data)
{
    blocked_log_set_plan(fixture->log, fixture->plan);
    g_assert_null(blocked_log_problem(fixture->log));
    two_hosts_go_to_peer();
    send_datagram(DEVICE_IPV4, 161);
    send_datagram(DEVICE_IPV4, 162);
    const guint16 port = send_datagram(DEVICE_IPV6, 161);
    two_hosts_go_to_device();
    wait_for(fixture, 2);

    assert_refusal(fixture, 0, "RestrictSnmpPort udp " PEER_IPV6 " " DEVICE_IPV6 " 161 device0");
    assert_refusal(fixture, 1, "RestrictSnmpPort udp " PEER_IPV4 " " DEVICE_IPV4 " 161 device0");
    g_assert_cmpuint(blocked_log_get(fixture->log, 0)->packet.source_port, ==, port);
}

static void test_tcp(Fixture *fixture, gconstpointer data)
{
    struct sockaddr_storage address;
    const socklen_t length = two_hosts_address(DEVICE_IPV4, 515, &address);

    blocked_log_set_plan(fixture->log, fixture->plan);
    two_hosts_go_to_peer();
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    two_hosts_go_to_device();
    g_assert_cmpint(connect(fd, (const struct sockaddr *)&address, length), ==, -1);
    wait_for(fixture, 1);
    assert_refusal(fixture, 0, "RestrictLpdPort tcp " PEER_IPV4 " " DEVICE_IPV4 " 515 device0");
    close(fd);
}

static void test_sent_by_this_host(Fixture *fixture, gconstpointer data)
{
    struct sockaddr_storage own, peer;
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const socklen_t length = two_hosts_address(DEVICE_IPV4, 161, &own);

    blocked_log_set_plan(fixture->log, fixture->plan);
    two_hosts_address(PEER_IPV4, 9999, &peer);
    g_assert_no_errno(bind(fd, (const struct sockaddr *)&own, length));
    g_assert_cmpint(sendto(fd, "x", 1, 0, (const struct sockaddr *)&peer, length), ==, -1);
    wait_for(fixture, 1);
    assert_refusal(fixture, 0, "RestrictSnmpPort udp " DEVICE_IPV4 " " PEER_IPV4 " 9999 ");
    close(fd);
}

static void test_keeps_the_newest(Fixture *fixture, gconstpointer data)
{
    guint16 ports[BLOCKED_LOG_SIZE + 44];

    blocked_log_set_plan(fixture->log, fixture->plan);
    two_hosts_go_to_peer();
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++)
        ports[i] = send_datagram(DEVICE_IPV4, 161);
    two_hosts_go_to_device();
    wait_for(fixture, BLOCKED_LOG_SIZE);
    const gint64 deadline = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    const guint16 last = ports[G_N_ELEMENTS(ports) - 1];
    while (blocked_log_get(fixture->log, 0)->packet.source_port != last &&
           g_get_monotonic_time() < deadline)
        sd_event_run(fixture->event, G_USEC_PER_SEC / 10);

    g_assert_cmpuint(blocked_log_count(fixture->log), ==, BLOCKED_LOG_SIZE);
    for (guint age = 0; age < BLOCKED_LOG_SIZE; age++)
        g_assert_cmpuint(blocked_log_get(fixture->log, age)->packet.source_port, ==,
                         ports[G_N_ELEMENTS(ports) - 1 - age]);
}

static void test_group_of_somebody_else(Fixture *fixture, gconstpointer data)
{
    BlockedLog *other = blocked_log_new(fixture->event);

    blocked_log_set_plan(other, fixture->plan);
    g_assert_null(blocked_log_problem(other));
    blocked_log_set_plan(fixture->log, fixture->plan);
    g_assert_nonnull(strstr(blocked_log_problem(fixture->log), "group 5193"));
    blocked_log_set_plan(fixture->log, fixture->empty);
    g_assert_null(blocked_log_problem(fixture->log));
    blocked_log_set_plan(fixture->log, fixture->plan);
    g_assert_nonnull(blocked_log_problem(fixture->log));
    blocked_log_free(other);
    blocked_log_set_plan(fixture->log, fixture->plan);
    g_assert_null(blocked_log_problem(fixture->log));
}

/* To any group, in this network namespace. */
static void assert_someone_listens(gboolean expected)
{
    g_autofree char *groups = NULL;

    g_assert_true(
        g_file_get_contents("/proc/thread-self/net/netfilter/nfnetlink_log", &groups, NULL, NULL));
    g_assert_cmpint(groups[0] != '\0', ==, expected);
}

static void test_nothing_closed(Fixture *fixture, gconstpointer data)
{
    BlockedLog *other = blocked_log_new(fixture->event);

    blocked_log_set_plan(fixture->log, fixture->plan);
    assert_someone_listens(TRUE);
    blocked_log_set_plan(fixture->log, fixture->empty);
    g_assert_null(blocked_log_problem(fixture->log));
    assert_someone_listens(FALSE);
    blocked_log_set_plan(other, fixture->plan);
    g_assert_null(blocked_log_problem(other));
    blocked_log_free(other);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*function)(Fixture *fixture, gconstpointer data);
    } tests[] = {
        {"/blocked-log/refusals", test_refusals},
        {"/blocked-log/tcp", test_tcp},
        {"/blocked-log/sent-by-this-host", test_sent_by_this_host},
        {"/blocked-log/keeps-the-newest", test_keeps_the_newest},
        {"/blocked-log/group-of-somebody-else", test_group_of_somebody_else},
        {"/blocked-log/nothing-closed", test_nothing_closed},
    };

    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    two_hosts_run(RULES);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
    return g_test_run();
}
