/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heard from a real kernel: network interfaces that come and go in a namespace of the test. */
#include "daemon/enforce/uevent-monitor.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/two-hosts.h"

static const struct sockaddr_nl kernel_group = {.nl_family = AF_NETLINK, .nl_groups = 1};

typedef struct Ear {
    sd_event *event;
    UeventMonitor *monitor;
    guint heard;
    guint lost;
    char *last; /* ACTION DEVPATH */
} Ear;

static void on_uevent(const Uevent *uevent, gpointer data)
{
    Ear *ear = data;

    if (!uevent) {
        ear->lost++;
        return;
    }
    ear->heard++;
    g_free(ear->last);
    ear->last = g_strdup_printf("%s %s", uevent->action, uevent->devpath);
}

static void ear_open(Ear *ear)
{
    g_autoptr(GError) error = NULL;

    *ear = (Ear){0};
    g_assert_cmpint(sd_event_new(&ear->event), >=, 0);
    ear->monitor = uevent_monitor_new(ear->event, &error);
    g_assert_no_error(error);
}

static void ear_clear(Ear *ear)
{
    uevent_monitor_free(ear->monitor);
    sd_event_unref(ear->event);
    g_free(ear->last);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ear, ear_clear)

/* Whatever is waiting, and what follows it within 200 ms. */
static void listen_now(const Ear *ear)
{
    while (sd_event_run(ear->event, 200 * G_TIME_SPAN_MILLISECOND) > 0)
        ;
}

static void test_hears_its_subsystem(void)
{
    g_auto(Ear) ear;
    ear_open(&ear);
    uevent_monitor_add(ear.monitor, "net", on_uevent, &ear);
    two_hosts_run("ip link add heard0 type veth peer name heard1");
    two_hosts_run("ip link delete heard0");
    listen_now(&ear);
    g_assert_cmpuint(ear.heard, >=, 4);
    g_assert_true(g_str_has_prefix(ear.last, "remove /devices/virtual/net/heard"));
    g_assert_cmpuint(ear.lost, ==, 0);
}

static void test_hears_no_other(void)
{
    g_auto(Ear) ear;
    ear_open(&ear);
    uevent_monitor_add(ear.monitor, "ne", on_uevent, &ear);
    uevent_monitor_add(ear.monitor, "netz", on_uevent, &ear);
    two_hosts_run("ip link add heard0 type veth peer name heard1");
    two_hosts_run("ip link delete heard0");
    listen_now(&ear);
    g_assert_cmpuint(ear.heard, ==, 0);
}

static void test_is_deaf_when_removed(void)
{
    g_auto(Ear) ear, other;
    ear_open(&ear);
    ear_open(&other);
    uevent_monitor_add(ear.monitor, "net", on_uevent, &ear);
    uevent_monitor_add(ear.monitor, "net", on_uevent, &other);
    uevent_monitor_add(ear.monitor, "usb", on_uevent, &ear);
    uevent_monitor_remove(ear.monitor, &ear);
    two_hosts_run("ip link add heard0 type veth peer name heard1");
    two_hosts_run("ip link delete heard0");
    listen_now(&ear);
    g_assert_cmpuint(ear.heard, ==, 0);
    g_assert_cmpuint(other.heard, >=, 4);
}

/* What root may send to the group is not from the kernel. */
static void test_ignores_processes(void)
{
    static const char forged[] = "add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=net";
    g_auto(Ear) ear;
    ear_open(&ear);
    uevent_monitor_add(ear.monitor, "net", on_uevent, &ear);
    const int listener = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    g_assert_no_errno(bind(listener, (const struct sockaddr *)&kernel_group, sizeof(kernel_group)));
    const int sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    g_assert_cmpint(sendto(sender, forged, sizeof(forged), 0,
                           (const struct sockaddr *)&kernel_group, sizeof(kernel_group)),
                    ==, sizeof(forged));

    /* It went out: who does not ask for the sender takes it. */
    char received[sizeof(forged)];
    g_assert_cmpint(recv(listener, received, sizeof(received), MSG_DONTWAIT), ==, sizeof(forged));
    listen_now(&ear);
    g_assert_cmpuint(ear.heard, ==, 0);
    g_assert_cmpuint(ear.lost, ==, 0);
    close(sender);
    close(listener);
}

/* More than the socket holds, whoever it is from. */
static void test_says_that_messages_were_lost(void)
{
    static const char message[4096] = "junk";

    g_auto(Ear) ear;
    ear_open(&ear);
    uevent_monitor_add(ear.monitor, "usb", on_uevent, &ear);
    const int sender = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
    for (guint i = 0; i < 5000; i++)
        (void)sendto(sender, message, sizeof(message), 0, (const struct sockaddr *)&kernel_group,
                     sizeof(kernel_group));
    close(sender);
    listen_now(&ear);
    g_assert_cmpuint(ear.lost, >, 0);
    g_assert_cmpuint(ear.heard, ==, 0);
}

static void test_no_monitor(void)
{
    uevent_monitor_add(NULL, "usb", on_uevent, NULL);
    uevent_monitor_remove(NULL, NULL);
    uevent_monitor_free(NULL);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uevent-monitor/no-monitor", test_no_monitor);
    if (two_hosts_make()) {
        g_test_add_func("/uevent-monitor/hears-its-subsystem", test_hears_its_subsystem);
        g_test_add_func("/uevent-monitor/hears-no-other", test_hears_no_other);
        g_test_add_func("/uevent-monitor/is-deaf-when-removed", test_is_deaf_when_removed);
        g_test_add_func("/uevent-monitor/ignores-processes", test_ignores_processes);
        g_test_add_func("/uevent-monitor/says-that-messages-were-lost",
                        test_says_that_messages_were_lost);
    }
    return g_test_run();
}
