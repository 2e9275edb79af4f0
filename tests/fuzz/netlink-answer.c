/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the kernel's answers about sockets and routes: they are read within their bounds,
 * and what comes out is either complete or an error. */
#include <netinet/in.h>
#include <string.h>

#include "daemon/enforce/consequences/listener-survey.h"
#include "daemon/enforce/consequences/route-survey.h"
#include "daemon/enforce/firewall/tcp-sessions.h"
#include "daemon/enforce/route-lookup.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kernel.h"

static void check_listeners(const PortSet *ports)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) listeners = listener_survey(ports, ports, &error);

    g_assert_true((listeners == NULL) == (error != NULL));
    for (guint i = 0; listeners && i < listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(listeners, i);
        char address[INET6_ADDRSTRLEN] = "";
        g_assert_true(port_set_contains(ports, listener->port));
        g_assert_nonnull(listener->unit);
        listener_address(listener, address);
        listener_is_loopback(listener);
    }
}

static void check_sessions(const PortSet *ports)
{
    static const char *const exempt[] = {"eth9", NULL};
    g_autoptr(GError) error = NULL;
    guint ended = G_MAXUINT;
    const gboolean good = tcp_sessions_end(ports, exempt, &ended, &error);

    g_assert_cmpint(good, ==, error == NULL);
    g_assert_cmpint(good, ==, ended != G_MAXUINT);
}

static void check_routes(void)
{
    static const guint8 destination[16] = {0x20, 1, 0xd, 0xb8};
    const RouteQuery query = {AF_INET6, destination, NULL, 0};
    g_autoptr(GError) error = NULL;
    Route route = {.interface = G_MAXUINT};
    g_autoptr(NetlinkClient) client = netlink_client_new(0, NULL);
    const gboolean good = route_lookup(client, &query, &route, &error);

    g_assert_cmpint(good, ==, error == NULL);
    g_assert_true(good || route.interface == G_MAXUINT);
    g_autoptr(GPtrArray) names = route_survey_default_interfaces(NULL);
    for (guint i = 0; names && i < names->len; i++)
        g_assert_true(*(const char *)g_ptr_array_index(names, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PortSet ports = {0};

    if (size == 0)
        return 0;
    port_set_add_range(&ports, 1, 1023);
    port_set_add_range(&ports, 9100, 9100);
    kernel_begin(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        check_listeners(&ports);
        break;
    case 1:
        check_sessions(&ports);
        break;
    default:
        check_routes();
    }
    return 0;
}
