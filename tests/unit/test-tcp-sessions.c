/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/tcp-sessions.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/two-hosts.h"

#define PORT  515
#define OTHER 516

static const char *const nothing[] = {NULL};

static guint end_sessions(guint first, guint last, const char *const *exempt)
{
    g_autoptr(GError) error = NULL;
    PortSet ports = {0};
    guint ended = G_MAXUINT;

    port_set_add_range(&ports, first, last);
    g_assert_true(tcp_sessions_end(&ports, exempt, &ended, &error));
    g_assert_no_error(error);
    return ended;
}

typedef struct Case {
    const char *name;
    const char *listen;
    const char *connect;
    gboolean from_peer;
    guint ended;
} Case;

static const Case cases[] = {
    {"ipv4", DEVICE_IPV4, DEVICE_IPV4, TRUE, 1},
    {"ipv6", DEVICE_IPV6, DEVICE_IPV6, TRUE, 1},
    {"mapped-ipv4", "::", DEVICE_IPV4, TRUE, 1},
    {"loopback-ipv4", "127.0.0.1", "127.0.0.1", FALSE, 0},
    {"loopback-ipv6", "::1", "::1", FALSE, 0},
    {"loopback-mapped", "::", "127.0.0.1", FALSE, 0},
    {"own-address-ipv4", DEVICE_IPV4, DEVICE_IPV4, FALSE, 0},
    {"own-address-ipv6", DEVICE_IPV6, DEVICE_IPV6, FALSE, 0},
};

static void test_session(gconstpointer data)
{
    const Case *test = data;
    const int listener = two_hosts_listen(test->listen, PORT);
    const Connection connection = two_hosts_connect(listener, test->connect, PORT, test->from_peer);

    g_assert_cmpuint(end_sessions(OTHER, OTHER, nothing), ==, 0);
    g_assert_cmpint(two_hosts_test_connection(connection), ==, 0);

    g_assert_cmpuint(end_sessions(PORT, PORT, nothing), ==, test->ended);
    g_assert_cmpint(two_hosts_test_connection(connection), ==, test->ended ? ECONNRESET : 0);

    /* The listener is still there. */
    two_hosts_disconnect(two_hosts_connect(listener, test->connect, PORT, test->from_peer));
    two_hosts_disconnect(connection);
    close(listener);
}

static void test_exempt_interface(void)
{
    static const char *const other[] = {"lo", "device1", NULL};
    static const char *const own[] = {"device1", "device0", NULL};
    const int listener = two_hosts_listen("::", PORT);
    const Connection ipv4 = two_hosts_connect(listener, DEVICE_IPV4, PORT, TRUE);
    const Connection ipv6 = two_hosts_connect(listener, DEVICE_IPV6, PORT, TRUE);

    g_assert_cmpuint(end_sessions(PORT, PORT, own), ==, 0);
    g_assert_cmpint(two_hosts_test_connection(ipv4), ==, 0);
    g_assert_cmpint(two_hosts_test_connection(ipv6), ==, 0);
    g_assert_cmpuint(end_sessions(PORT, PORT, other), ==, 2);
    two_hosts_disconnect(ipv4);
    two_hosts_disconnect(ipv6);
    close(listener);
}

static void test_many_sessions(void)
{
    Connection connections[64];
    const int listener = two_hosts_listen("::", PORT);

    for (guint i = 0; i < G_N_ELEMENTS(connections); i++)
        connections[i] = two_hosts_connect(listener, i % 2 ? DEVICE_IPV4 : DEVICE_IPV6, PORT, TRUE);
    g_assert_cmpuint(end_sessions(1, 1024, nothing), ==, G_N_ELEMENTS(connections));
    g_assert_cmpuint(end_sessions(1, 1024, nothing), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(connections); i++) {
        g_assert_cmpint(two_hosts_test_connection(connections[i]), ==, ECONNRESET);
        two_hosts_disconnect(connections[i]);
    }
    close(listener);
}

/* Nobody answers a packet to an address of the peer's network that nobody has. */
static void test_session_that_is_not_established(void)
{
    struct sockaddr_storage address;
    const int unanswered = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    char byte;

    const socklen_t length = two_hosts_address(DEVICE_IPV4, PORT, &address);
    g_assert_no_errno(bind(unanswered, (const struct sockaddr *)&address, length));
    two_hosts_address("192.0.2.77", 80, &address);
    g_assert_cmpint(connect(unanswered, (const struct sockaddr *)&address, length), ==, -1);
    g_assert_cmpint(errno, ==, EINPROGRESS);

    g_assert_cmpuint(end_sessions(PORT, PORT, nothing), ==, 1);
    g_assert_cmpint(recv(unanswered, &byte, 1, 0), ==, -1);
    g_assert_cmpint(errno, ==, ECONNABORTED);
    close(unanswered);
}

/* Only one side is closed: the remains wait on the device without a socket. */
static void test_remains_are_left_alone(void)
{
    const int listener = two_hosts_listen(DEVICE_IPV4, PORT);
    const Connection connection = two_hosts_connect(listener, DEVICE_IPV4, PORT, TRUE);

    close(connection.accepted);
    g_usleep(G_USEC_PER_SEC / 5);
    g_assert_cmpuint(end_sessions(PORT, PORT, nothing), ==, 0);
    close(connection.connected);
    close(listener);
}

static void test_no_ports(void)
{
    g_autoptr(GError) error = NULL;
    const PortSet ports = {0};
    guint ended = G_MAXUINT;

    g_assert_true(tcp_sessions_end(&ports, nothing, &ended, &error));
    g_assert_cmpuint(ended, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/tcp-sessions/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_session);
    }
    g_test_add_func("/tcp-sessions/exempt-interface", test_exempt_interface);
    g_test_add_func("/tcp-sessions/many", test_many_sessions);
    g_test_add_func("/tcp-sessions/not-established", test_session_that_is_not_established);
    g_test_add_func("/tcp-sessions/remains", test_remains_are_left_alone);
    g_test_add_func("/tcp-sessions/no-ports", test_no_ports);
    return g_test_run();
}
