/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-monitor.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#include "daemon/enforce/genl-family.h"
#include "daemon/enforce/wireless/link-state.h"
#include "daemon/enforce/wireless/nl80211.h"

/* Wide enough that a few thousand links of another kind do not lose messages when they change. */
#define RECEIVE_BUFFER_BYTES (1024 * 1024)

/* In a flood a socket is looked at this often in this time; what comes meanwhile waits in its
 * buffer or is lost, which means "look again" as well. So whoever takes an interface up over and
 * over again may have it up for most of this; see wireless-fight.h. */
#define WAKES_PER_INTERVAL 8u
#define INTERVAL_USEC      (100 * G_TIME_SPAN_MILLISECOND)

/* Messages read in one go, so that a flood cannot hold up the event loop. */
#define READS_PER_WAKE 256u

/* A message that does not fit means "look again", too. */
#define MESSAGE_BYTES (16 * 1024)

struct WirelessMonitor {
    WirelessMonitorNotify notify;
    gpointer data;
    sd_event *event;
    NlSocket *questions; /* for finding the family */
    NlSocket *wireless;
    NlSocket *links;
    Rfkill *rfkill; /* borrowed */
    sd_event_source *wireless_source;
    sd_event_source *links_source;
    sd_event_source *rfkill_source;
    guint32 group;          /* of nl80211, or 0 */
    GHashTable *interfaces; /* their indices */
    gint64 noticed;
};

static gboolean is_of_followed_link(const WirelessMonitor *monitor, struct nlmsghdr *message)
{
    guint32 interface;
    gboolean up;

    return link_state_parse(message, &interface, &up) &&
           g_hash_table_contains(monitor->interfaces, GUINT_TO_POINTER(interface));
}

static gboolean any_is_of_followed_link(const WirelessMonitor *monitor, gpointer messages,
                                        ssize_t length)
{
    int left = (int)length;

    for (struct nlmsghdr *message = messages; nlmsg_ok(message, left);
         message = nlmsg_next(message, &left))
        if (is_of_followed_link(monitor, message))
            return TRUE;
    return FALSE;
}

/* Whether something relevant was waiting, or messages were lost. Everything that comes from generic
 * netlink is relevant. */
static gboolean read_socket(const WirelessMonitor *monitor, NlSocket *nl)
{
    guint32 buffer[MESSAGE_BYTES / sizeof(guint32)];
    gboolean relevant = FALSE;

    for (guint reads = 0; reads < READS_PER_WAKE; reads++) {
        const ssize_t length =
            recv(nl_socket_get_fd(nl), buffer, sizeof(buffer), MSG_DONTWAIT | MSG_TRUNC);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno != ENOBUFS)
            break;
        relevant = relevant || nl != monitor->links || length < 0 ||
                   length > (ssize_t)sizeof(buffer) ||
                   any_is_of_followed_link(monitor, buffer, length);
    }
    return relevant;
}

static void note(WirelessMonitor *monitor, gboolean relevant)
{
    if (relevant && monitor->noticed == 0)
        monitor->noticed = g_get_monotonic_time();
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *data)
{
    WirelessMonitor *monitor = data;
    gboolean relevant;

    if (source == monitor->rfkill_source)
        relevant = rfkill_read_waiting(monitor->rfkill);
    else
        relevant = read_socket(monitor, source == monitor->links_source ? monitor->links
                                                                        : monitor->wireless);
    note(monitor, relevant);
    if (relevant)
        monitor->notify(monitor->data);
    return 0;
}

static gboolean fail(GError **error, int number)
{
    g_set_error(error, NL_REQUEST_ERROR, number, "Cannot watch wireless devices: %s",
                g_strerror(number));
    return FALSE;
}

static gboolean watch(WirelessMonitor *monitor, int fd, sd_event_source **ret, GError **error)
{
    int r = sd_event_add_io(monitor->event, ret, fd, EPOLLIN, on_readable, monitor);

    if (r >= 0)
        r = sd_event_source_set_ratelimit(*ret, INTERVAL_USEC, WAKES_PER_INTERVAL);
    if (r < 0)
        return fail(error, -r);
    (void)sd_event_source_set_description(*ret, "wireless-monitor");
    return TRUE;
}

static gboolean subscribe(WirelessMonitor *monitor, int bus, int group, NlSocket **ret,
                          sd_event_source **ret_source, GError **error)
{
    const int size = RECEIVE_BUFFER_BYTES;

    *ret = nl_request_open(bus, error);
    if (!*ret)
        return FALSE;
    (void)setsockopt(nl_socket_get_fd(*ret), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    if (nl_socket_add_membership(*ret, group) < 0)
        return fail(error, errno);
    return watch(monitor, nl_socket_get_fd(*ret), ret_source, error);
}

/* The controller's own group tells when nl80211 comes or goes. Its number is a constant of the
 * kernel's, but not of its interface. */
static gboolean subscribe_all(WirelessMonitor *monitor, GError **error)
{
    GenlFamily controller;

    monitor->questions = nl_request_open(NETLINK_GENERIC, error);
    return monitor->questions &&
           genl_family_find(monitor->questions, "nlctrl", "notify", &controller, error) &&
           subscribe(monitor, NETLINK_GENERIC, (int)controller.group, &monitor->wireless,
                     &monitor->wireless_source, error) &&
           subscribe(monitor, NETLINK_ROUTE, RTNLGRP_LINK, &monitor->links, &monitor->links_source,
                     error);
}

WirelessMonitor *wireless_monitor_new(sd_event *event, WirelessMonitorNotify notify, gpointer data,
                                      GError **error)
{
    g_autoptr(WirelessMonitor) monitor = g_new0(WirelessMonitor, 1);

    monitor->event = event;
    monitor->notify = notify;
    monitor->data = data;
    monitor->interfaces = g_hash_table_new(NULL, NULL);
    return subscribe_all(monitor, error) ? g_steal_pointer(&monitor) : NULL;
}

void wireless_monitor_free(WirelessMonitor *monitor)
{
    if (!monitor)
        return;
    sd_event_source_disable_unref(monitor->wireless_source);
    sd_event_source_disable_unref(monitor->links_source);
    sd_event_source_disable_unref(monitor->rfkill_source);
    nl_socket_discard(monitor->questions);
    nl_socket_discard(monitor->wireless);
    nl_socket_discard(monitor->links);
    g_hash_table_unref(monitor->interfaces);
    g_free(monitor);
}

void wireless_monitor_follow_family(WirelessMonitor *monitor)
{
    GenlFamily family = {0};

    if (nl80211_is_there())
        (void)genl_family_find(monitor->questions, NL80211_GENL_NAME,
                               NL80211_MULTICAST_GROUP_CONFIG, &family, NULL);
    if (family.group == monitor->group)
        return;
    if (monitor->group != 0)
        (void)nl_socket_drop_membership(monitor->wireless, (int)monitor->group);
    monitor->group = 0;
    if (family.group != 0 && nl_socket_add_membership(monitor->wireless, (int)family.group) >= 0)
        monitor->group = family.group;
}

void wireless_monitor_follow_links(WirelessMonitor *monitor, const GArray *interfaces)
{
    g_hash_table_remove_all(monitor->interfaces);
    for (guint i = 0; i < interfaces->len; i++) {
        const WirelessInterface *at = &g_array_index(interfaces, WirelessInterface, i);
        if (at->interface != 0)
            g_hash_table_add(monitor->interfaces, GUINT_TO_POINTER(at->interface));
    }
}

gboolean wireless_monitor_follow_switches(WirelessMonitor *monitor, Rfkill *rfkill, GError **error)
{
    if (rfkill == monitor->rfkill)
        return TRUE;
    monitor->rfkill_source = sd_event_source_disable_unref(monitor->rfkill_source);
    monitor->rfkill = rfkill;
    return !rfkill || watch(monitor, rfkill_fd(rfkill), &monitor->rfkill_source, error);
}

gint64 wireless_monitor_take_noticed(WirelessMonitor *monitor)
{
    note(monitor, read_socket(monitor, monitor->wireless));
    note(monitor, read_socket(monitor, monitor->links));
    note(monitor, monitor->rfkill && rfkill_read_waiting(monitor->rfkill));
    const gint64 noticed = monitor->noticed;
    monitor->noticed = 0;
    return noticed;
}
