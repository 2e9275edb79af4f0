/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/listener-survey.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/two-hosts.h"

static int make_bound(const char *address, guint16 port)
{
    struct sockaddr_storage to;
    const socklen_t length = two_hosts_address(address, port, &to);
    const int bound = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_no_errno(bind(bound, (const struct sockaddr *)&to, length));
    return bound;
}

static guint32 inode_of(int fd)
{
    struct stat status;
    g_assert_no_errno(fstat(fd, &status));
    return (guint32)status.st_ino;
}

static GPtrArray *survey(guint first, guint last)
{
    g_autoptr(GError) error = NULL;
    PortSet ports = {0};

    port_set_add_range(&ports, first, last);
    GPtrArray *listeners = listener_survey(&ports, &ports, &error);
    g_assert_no_error(error);
    return listeners;
}

static void assert_listener(const GPtrArray *listeners, guint place, const char *expected, int fd)
{
    const Listener *listener = g_ptr_array_index(listeners, place);
    char address[INET6_ADDRSTRLEN];

    listener_address(listener, address);
    g_autofree char *found =
        g_strdup_printf("%s %s %u%s", listener->protocol == IPPROTO_TCP ? "tcp" : "udp", address,
                        listener->port, listener_is_loopback(listener) ? " loopback" : "");
    g_assert_cmpstr(found, ==, expected);
    g_assert_cmpuint(listener->inode, ==, inode_of(fd));
    g_assert_cmpuint(listener->uid, ==, getuid());
    g_assert_nonnull(listener->unit);
}

static void test_listeners(void)
{
    const int tcp4 = two_hosts_listen("0.0.0.0", 515);
    const int tcp6 = two_hosts_listen(DEVICE_IPV6, 631);
    const int outside = two_hosts_listen("0.0.0.0", 1025);
    const int udp4 = make_bound(DEVICE_IPV4, 161);
    const int udp6 = make_bound("::1", 162);
    const int mapped = make_bound("::ffff:127.0.0.1", 163);
    g_autoptr(GPtrArray) listeners = survey(1, 1024);

    g_assert_cmpuint(listeners->len, ==, 5);
    assert_listener(listeners, 0, "tcp 0.0.0.0 515", tcp4);
    assert_listener(listeners, 1, "tcp " DEVICE_IPV6 " 631", tcp6);
    assert_listener(listeners, 2, "udp " DEVICE_IPV4 " 161", udp4);
    assert_listener(listeners, 3, "udp ::1 162 loopback", udp6);
    assert_listener(listeners, 4, "udp ::ffff:127.0.0.1 163 loopback", mapped);
    const int all[] = {tcp4, tcp6, outside, udp4, udp6, mapped};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        close(all[i]);
}

static void test_sessions_are_no_listeners(void)
{
    const int listener = two_hosts_listen(DEVICE_IPV4, 515);
    const Connection connection = two_hosts_connect(listener, DEVICE_IPV4, 515, TRUE);
    const int udp = make_bound(DEVICE_IPV4, 515);
    struct sockaddr_storage peer;
    const socklen_t length = two_hosts_address(PEER_IPV4, 9, &peer);

    g_assert_no_errno(connect(udp, (const struct sockaddr *)&peer, length));
    close(listener);
    g_autoptr(GPtrArray) listeners = survey(515, 515);
    g_assert_cmpuint(listeners->len, ==, 0);
    two_hosts_disconnect(connection);
    close(udp);
}

static void test_protocols_apart(void)
{
    g_autoptr(GError) error = NULL;
    const int tcp = two_hosts_listen(DEVICE_IPV4, 515);
    const int udp = make_bound(DEVICE_IPV4, 515);
    PortSet ports = {0};

    port_set_add_range(&ports, 515, 515);
    g_autoptr(GPtrArray) by_tcp = listener_survey(&ports, NULL, &error);
    g_assert_cmpuint(by_tcp->len, ==, 1);
    assert_listener(by_tcp, 0, "tcp " DEVICE_IPV4 " 515", tcp);
    g_autoptr(GPtrArray) by_udp = listener_survey(NULL, &ports, &error);
    g_assert_cmpuint(by_udp->len, ==, 1);
    assert_listener(by_udp, 0, "udp " DEVICE_IPV4 " 515", udp);
    close(tcp);
    close(udp);
}

static void enter_group(const char *group)
{
    g_autofree char *members = g_build_filename(group, "cgroup.procs", NULL);
    g_autofree char *pid = g_strdup_printf("%d", getpid());

    g_assert_true(g_file_set_contents_full(members, pid, -1, G_FILE_SET_CONTENTS_NONE, 0, NULL));
}

/* Where this process is in the unified hierarchy, from its root at @root. */
static char *own_group(const char *root)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents("/proc/self/cgroup", &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (g_str_has_prefix(lines[i], "0::"))
            return g_build_filename(root, lines[i] + 3, NULL);
    return NULL;
}

static void test_unit(void)
{
    const char *root = access("/sys/fs/cgroup/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup"
                                                                        : "/sys/fs/cgroup/unified";
    g_autofree char *name = g_strdup_printf("secpold-test-%d.service", getpid());
    g_autofree char *group = g_build_filename(root, name, NULL);
    g_autofree char *home = own_group(root);

    if (!home || mkdir(group, 0755) < 0) {
        g_test_skip("no control group can be made here");
        return;
    }
    enter_group(group);
    const int inside = two_hosts_listen(DEVICE_IPV4, 515);
    enter_group(home);
    const int outside = two_hosts_listen(DEVICE_IPV4, 631);
    g_autoptr(GPtrArray) listeners = survey(1, 1024);
    g_assert_no_errno(rmdir(group));
    g_autoptr(GPtrArray) later = survey(515, 515);

    const Listener *first = g_ptr_array_index(listeners, 0);
    const Listener *second = g_ptr_array_index(listeners, 1);
    const Listener *orphan = g_ptr_array_index(later, 0);
    g_assert_cmpstr(first->unit, ==, name);
    g_assert_cmpstr(second->unit, !=, name);
    g_assert_cmpstr(orphan->unit, ==, "");
    close(inside);
    close(outside);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!two_hosts_make()) {
        g_print("1..0 # SKIP network namespaces need root\n");
        return 0;
    }
    g_test_add_func("/listener-survey/listeners", test_listeners);
    g_test_add_func("/listener-survey/sessions-are-no-listeners", test_sessions_are_no_listeners);
    g_test_add_func("/listener-survey/protocols-apart", test_protocols_apart);
    g_test_add_func("/listener-survey/unit", test_unit);
    return g_test_run();
}
