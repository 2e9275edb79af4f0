/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/consequences.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/enforce/consequences/listener-survey.h"
#include "tests/unit/two-hosts.h"

typedef struct Case {
    const char *name;
    const char *listen; /* on the port, TCP and UDP */
    guint16 port;
    const char *profile;
    const char *item;
    const char *expected; /* sentences, joined by "; " */
} Case;

#define TCP(port, rest) "A program of user 0 listens on " #port "/tcp and " rest
#define UDP(port, rest) "A program of user 0 listens on " #port "/udp and " rest
#define LOST            "will not be reached any more"
#define VERSION_3       "will be reached by SNMP version 3 only"

static const Case cases[] = {
    {"nobody-listens", "0.0.0.0", 9999, "", "RestrictLpdPort", ""},
    {"listener", "0.0.0.0", 515, "", "RestrictLpdPort", TCP(515, LOST) "; " UDP(515, LOST)},
    {"listener-ipv6", "::", 515, "", "RestrictLpdPort", TCP(515, LOST) "; " UDP(515, LOST)},
    {"loopback", "127.0.0.1", 515, "", "RestrictLpdPort", ""},
    {"loopback-ipv6", "::1", 515, "", "RestrictLpdPort", ""},
    {"narrowed", "0.0.0.0", 515, "[Narrow]\nRestrictLpdPort=515/tcp\n", "RestrictLpdPort",
     TCP(515, LOST)},
    {"exempt-interface", "0.0.0.0", 515, "[Narrow]\nExemptInterfaces=usb0 eth1\n",
     "RestrictLpdPort",
     TCP(515, "will be reached over usb0 and eth1 only") "; " UDP(
         515, "will be reached over usb0 and eth1 only")},
    {"snmp-version-3", "0.0.0.0", 161, "", "ProhibitSnmpV1",
     TCP(161, LOST) "; " UDP(161, VERSION_3)},
    {"snmp-wholly", "0.0.0.0", 161, "", "RestrictSnmpPort", TCP(161, LOST) "; " UDP(161, LOST)},
    {"no-such-function", "0.0.0.0", 515, "[Functions]\nLpd=no\n", "RestrictLpdPort", ""},
    {"wireless-without-radio", "0.0.0.0", 515, "", "ProhibitWirelessLan", ""},
    {"usb-storage-without-any", "0.0.0.0", 515, "", "ProhibitUsbStorage", ""},
};

static DeviceProfile *make_profile(const char *text)
{
    const DeviceProfileSource source = {"test", text, strlen(text)};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    DeviceProfile *profile = device_profile_parse(&source, 1, diagnostics);

    g_assert_nonnull(profile);
    return profile;
}

static Plan *make_plan(const DeviceProfile *profile, const char *item)
{
    g_autoptr(Policy) policy = policy_new("Test", 1);

    policy_request(policy, catalog_find_item(item), 0);
    return plan_new(policy, profile, TRUE);
}

/* Both, so that what follows for each protocol shows. */
static void listen_on(const char *address, guint16 port, int ret_sockets[2])
{
    struct sockaddr_storage to;
    const socklen_t length = two_hosts_address(address, port, &to);

    ret_sockets[0] = two_hosts_listen(address, port);
    ret_sockets[1] = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    g_assert_no_errno(bind(ret_sockets[1], (const struct sockaddr *)&to, length));
}

static char *find_consequences(const Plan *from, const Plan *to)
{
    g_autoptr(GPtrArray) changes = plan_diff(from, to);
    g_autoptr(GString) found = g_string_new(NULL);

    for (guint i = 0; i < changes->len; i++) {
        g_auto(GStrv) sentences = consequences_of_change(g_ptr_array_index(changes, i), to);
        g_autofree char *joined = g_strjoinv("; ", sentences);
        g_string_append(found, joined);
    }
    return g_string_free(g_steal_pointer(&found), FALSE);
}

/* The test may run within a unit, which then stands where the user does. */
static char *leave_out_unit(const char *sentences, guint16 port)
{
    PortSet ports = {0};
    port_set_add_range(&ports, port, port);
    g_autoptr(GPtrArray) listeners = listener_survey(&ports, NULL, NULL);
    const Listener *own = g_ptr_array_index(listeners, 0);

    if (own->unit[0] == '\0')
        return g_strdup(sentences);
    g_auto(GStrv) parts = g_strsplit(sentences, own->unit, -1);
    return g_strjoinv("A program of user 0", parts);
}

static void test_consequences(gconstpointer data)
{
    const Case *test = data;
    g_autoptr(DeviceProfile) profile = make_profile(test->profile);
    g_autoptr(Plan) none = plan_new_empty(profile);
    g_autoptr(Plan) plan = make_plan(profile, test->item);
    int sockets[2];

    listen_on(test->listen, test->port, sockets);
    g_autofree char *consequences = find_consequences(none, plan);
    g_autofree char *closing = leave_out_unit(consequences, test->port);
    g_autofree char *opening = find_consequences(plan, none);
    close(sockets[0]);
    close(sockets[1]);
    g_assert_cmpstr(closing, ==, test->expected);
    g_assert_cmpstr(opening, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/consequences/", cases[i].name, NULL);
        g_test_add_data_func(path, &cases[i], test_consequences);
    }
    return g_test_run();
}
