/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/route-survey.h"

#include "daemon/enforce/consequences/interface-kind.h"
#include "tests/unit/two-hosts.h"

static gint compare(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static void assert_defaults(const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = route_survey_default_interfaces(&error);

    g_assert_no_error(error);
    g_ptr_array_sort(names, compare);
    g_ptr_array_add(names, NULL);
    g_autofree char *found = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(found, ==, expected);
}

static void test_no_default_route(void)
{
    assert_defaults("");
}

static void test_ipv4(void)
{
    two_hosts_run("ip route add default via 192.0.2.254");
    assert_defaults("device0");
    two_hosts_run("ip route del default");
    assert_defaults("");
}

static void test_ipv6(void)
{
    two_hosts_run("ip -6 route add default via 2001:db8::fe");
    assert_defaults("device0");
    two_hosts_run("ip -6 route del default");
    two_hosts_run("ip -6 route add unreachable default");
    assert_defaults("");
    two_hosts_run("ip -6 route del unreachable default");
}

static void test_several(void)
{
    two_hosts_run("ip link add dev1 type bridge");
    two_hosts_run("ip link add dev2 type bridge");
    two_hosts_run("ip link add dev3 type bridge");
    two_hosts_run("ip address add 198.51.100.1/24 dev dev1");
    two_hosts_run("ip address add 203.0.113.1/24 dev dev2");
    two_hosts_run("ip address add 10.0.0.1/24 dev dev3");
    two_hosts_run("ip link set dev1 up");
    two_hosts_run("ip link set dev2 up");
    two_hosts_run("ip link set dev3 up");
    two_hosts_run("ip route add default nexthop via 198.51.100.2 nexthop via 203.0.113.2");
    two_hosts_run("ip route add default via 10.0.0.2 table 77");
    two_hosts_run("ip route add 10.1.0.0/16 via 192.0.2.254");
    two_hosts_run("ip route add blackhole default metric 4000");
    two_hosts_run("ip -6 route add default dev dev1");
    assert_defaults("dev1 dev2 dev3");
    two_hosts_run("ip link del dev1");
    two_hosts_run("ip link del dev2");
    two_hosts_run("ip link del dev3");
    two_hosts_run("ip route del blackhole default metric 4000");
    two_hosts_run("ip route del 10.1.0.0/16");
}

static void assert_holder(const char *address, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *holder = route_survey_interface_of_address(address, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(holder, ==, expected);
}

static void assert_no_holder(const char *address, gint code)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(route_survey_interface_of_address(address, &error));
    g_assert_error(error, ROUTE_SURVEY_ERROR, code);
}

static void test_interface_of_address(void)
{
    assert_holder(DEVICE_IPV4, "device0");
    assert_holder(DEVICE_IPV6, "device0");
    assert_holder("2001:0db8:0::0001", "device0");
    assert_holder("127.0.0.1", "lo");
    assert_holder("::1", "lo");
    assert_holder("fe80::1%device0", "device0");
    assert_no_holder(PEER_IPV4, ROUTE_SURVEY_ERROR_NOT_FOUND);
    assert_no_holder(PEER_IPV6, ROUTE_SURVEY_ERROR_NOT_FOUND);
    assert_no_holder("", ROUTE_SURVEY_ERROR_SYNTAX);
    assert_no_holder("192.0.2", ROUTE_SURVEY_ERROR_SYNTAX);
    assert_no_holder("fe80::1%", ROUTE_SURVEY_ERROR_SYNTAX);
    assert_no_holder("printer.example.com", ROUTE_SURVEY_ERROR_SYNTAX);
}

static void test_gadget_path(void)
{
    g_assert_true(interface_kind_path_is_gadget("/sys/devices/platform/dummy_udc.0/gadget.0"));
    g_assert_true(interface_kind_path_is_gadget("/sys/devices/platform/soc/fe980000.usb/gadget"));
    g_assert_false(interface_kind_path_is_gadget("/sys/devices/platform/gadgets/eth0"));
    g_assert_false(interface_kind_path_is_gadget("/sys/devices/pci0000:00/0000:00:03.0/virtio2"));
}

static void test_kind_of_ordinary_interfaces(void)
{
    static const char *const names[] = {"device0", "lo", "nonexistent"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        char *base;
        g_assert_cmpint(interface_kind_find(names[i], &base), ==, INTERFACE_OTHER);
        g_assert_null(base);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    g_test_add_func("/route-survey/no-default-route", test_no_default_route);
    g_test_add_func("/route-survey/ipv4", test_ipv4);
    g_test_add_func("/route-survey/ipv6", test_ipv6);
    g_test_add_func("/route-survey/several", test_several);
    g_test_add_func("/route-survey/interface-of-address", test_interface_of_address);
    g_test_add_func("/interface-kind/gadget-path", test_gadget_path);
    g_test_add_func("/interface-kind/ordinary-interfaces", test_kind_of_ordinary_interfaces);
    return g_test_run();
}
