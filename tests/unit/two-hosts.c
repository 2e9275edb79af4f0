/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/two-hosts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int device_namespace;
static int peer_namespace;

static int own_namespace(void)
{
    const int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    g_assert_cmpint(fd, >=, 0);
    return fd;
}

void two_hosts_go_to_device(void)
{
    g_assert_no_errno(setns(device_namespace, CLONE_NEWNET));
}

void two_hosts_go_to_peer(void)
{
    g_assert_no_errno(setns(peer_namespace, CLONE_NEWNET));
}

void two_hosts_run(const char *command)
{
    g_autoptr(GError) error = NULL;
    int status;

    g_spawn_command_line_sync(command, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_spawn_check_wait_status(status, &error);
    g_assert_no_error(error);
}

gboolean two_hosts_make(void)
{
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0)
        return FALSE;
    g_assert_no_errno(mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL));
    peer_namespace = own_namespace();
    g_assert_no_errno(unshare(CLONE_NEWNET));
    device_namespace = own_namespace();

    g_autofree char *link =
        g_strdup_printf("ip link add device0 type veth peer name peer0 netns /proc/%d/fd/%d",
                        getpid(), peer_namespace);
    two_hosts_run(link);
    two_hosts_run("ip link set lo up");
    two_hosts_run("ip link set device0 up");
    two_hosts_run("ip address add " DEVICE_IPV4 "/24 dev device0");
    two_hosts_run("ip address add " DEVICE_IPV6 "/64 dev device0 nodad");
    two_hosts_go_to_peer();
    two_hosts_run("ip link set peer0 up");
    two_hosts_run("ip address add " PEER_IPV4 "/24 dev peer0");
    two_hosts_run("ip address add " PEER_IPV6 "/64 dev peer0 nodad");
    two_hosts_go_to_device();
    return TRUE;
}

socklen_t two_hosts_address(const char *address, guint16 port, struct sockaddr_storage *ret)
{
    *ret = (struct sockaddr_storage){0};
    if (strchr(address, ':')) {
        struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)ret;
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_port = g_htons(port);
        g_assert_cmpint(inet_pton(AF_INET6, address, &ipv6->sin6_addr), ==, 1);
        return sizeof(*ipv6);
    }
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)ret;
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = g_htons(port);
    g_assert_cmpint(inet_pton(AF_INET, address, &ipv4->sin_addr), ==, 1);
    return sizeof(*ipv4);
}

int two_hosts_listen(const char *address, guint16 port)
{
    struct sockaddr_storage to;
    const socklen_t length = two_hosts_address(address, port, &to);
    const int listener = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;

    g_assert_no_errno(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
    g_assert_no_errno(bind(listener, (const struct sockaddr *)&to, length));
    g_assert_no_errno(listen(listener, 8));
    return listener;
}

Connection two_hosts_connect(int listener, const char *to, guint16 port, gboolean from_peer)
{
    struct sockaddr_storage address;
    const socklen_t length = two_hosts_address(to, port, &address);
    const struct timeval timeout = {.tv_sec = 10};
    Connection connection;

    if (from_peer)
        two_hosts_go_to_peer();
    connection.connected = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    two_hosts_go_to_device();
    g_assert_no_errno(
        setsockopt(connection.connected, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)));
    g_assert_no_errno(connect(connection.connected, (const struct sockaddr *)&address, length));
    connection.accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    g_assert_no_errno(connection.accepted);
    return connection;
}

void two_hosts_disconnect(Connection connection)
{
    close(connection.connected);
    close(connection.accepted);
}

int two_hosts_test_connection(Connection connection)
{
    char byte = 'x';

    if (send(connection.accepted, &byte, 1, MSG_NOSIGNAL) < 0 && errno != ECONNABORTED)
        return errno;
    const ssize_t received = recv(connection.connected, &byte, 1, 0);
    g_assert_cmpint(received, !=, 0);
    return received < 0 ? errno : 0;
}
