/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/nft-monitor.h"

#include "daemon/enforce/firewall/nft-socket.h"
#include "daemon/enforce/netlink-message.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* Wide enough that a change elsewhere of a few thousand rules does not lose messages. */
#define RECEIVE_BUFFER_BYTES (4 * 1024 * 1024)

/* In a flood the socket is looked at this often in this time; what comes meanwhile waits in its
 * buffer or is lost, which means "look again" as well. */
#define WAKES_PER_INTERVAL 8u
#define INTERVAL_USEC      (100 * G_TIME_SPAN_MILLISECOND)

/* Messages read in one go, so that a flood cannot hold up the event loop. */
#define READS_PER_WAKE 256u

struct NftMonitor {
    struct mnl_socket *mnl;
    sd_event_source *source;
    const char *const *tables;
    guint32 own_port_id;
    NftMonitorNotify notify;
    gpointer data;
    gint64 noticed;
};

/* Every kind of nftables message but those on generations begins with the name of its table:
 * NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE and so on all are attribute 1. */
static const char *table_of(const struct nlmsghdr *message)
{
    if (NFNL_MSG_TYPE(message->nlmsg_type) == NFT_MSG_NEWGEN)
        return NULL;
    const struct nlattr *attribute;
    mnl_attr_for_each(
        attribute, message,
        sizeof(
            struct nfgenmsg)) if (mnl_attr_get_type(attribute) ==
                                  NFTA_TABLE_NAME) return mnl_attr_validate(attribute,
                                                                            MNL_TYPE_NUL_STRING) < 0
        ? NULL
        : mnl_attr_get_str(attribute);
    return NULL;
}

static const struct nlattr *find_nested(const struct nlattr *nest, guint16 type)
{
    const struct nlattr *attribute;
    mnl_attr_for_each_nested(attribute,
                             nest) if (mnl_attr_get_type(attribute) == type) return attribute;
    return NULL;
}

/* A chain whose priority is the lowest or highest there is. */
static gboolean is_extreme_chain(const struct nlmsghdr *message)
{
    const guint16 kind = NFNL_MSG_TYPE(message->nlmsg_type);
    if (kind != NFT_MSG_NEWCHAIN && kind != NFT_MSG_DELCHAIN)
        return FALSE;
    const struct nlattr *attribute;
    mnl_attr_for_each(attribute, message,
                      sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attribute) == NFTA_CHAIN_HOOK)
    {
        const struct nlattr *priority = find_nested(attribute, NFTA_HOOK_PRIORITY);
        if (!priority || mnl_attr_validate(priority, MNL_TYPE_U32) < 0)
            return FALSE;
        const gint32 value = (gint32)g_ntohl(mnl_attr_get_u32(priority));
        return value == G_MININT32 || value == G_MAXINT32;
    }
    return FALSE;
}

static gboolean concerns_us(const NftMonitor *monitor, const struct nlmsghdr *message)
{
    if (NFNL_SUBSYS_ID(message->nlmsg_type) != NFNL_SUBSYS_NFTABLES ||
        message->nlmsg_pid == monitor->own_port_id ||
        mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
        return FALSE;
    if (is_extreme_chain(message))
        return TRUE;
    const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
    const char *table = table_of(message);
    return header->nfgen_family == NFPROTO_INET && table && g_strv_contains(monitor->tables, table);
}

static gboolean any_concerns_us(const NftMonitor *monitor, const void *messages, ssize_t length)
{
    int left = (int)length;
    for (const struct nlmsghdr *message = messages; netlink_message_ok(message, left);
         message = mnl_nlmsg_next(message, &left))
        if (concerns_us(monitor, message))
            return TRUE;
    return FALSE;
}

/* Reads what waits. TRUE where something relevant was in it, or messages were lost. */
static gboolean read_waiting(NftMonitor *monitor)
{
    guint32 buffer[16 * 1024 / sizeof(guint32)];
    gboolean relevant = FALSE;
    for (guint reads = 0; reads < READS_PER_WAKE; reads++) {
        const ssize_t length =
            recv(mnl_socket_get_fd(monitor->mnl), buffer, sizeof(buffer), MSG_DONTWAIT | MSG_TRUNC);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno != ENOBUFS)
            break;
        relevant = relevant || length < 0 || length > (ssize_t)sizeof(buffer) ||
                   any_concerns_us(monitor, buffer, length);
    }
    if (relevant && monitor->noticed == 0)
        monitor->noticed = g_get_monotonic_time();
    return relevant;
}

static int on_messages(sd_event_source *source, int fd, uint32_t events, void *data)
{
    NftMonitor *monitor = data;
    if (read_waiting(monitor))
        monitor->notify(monitor->data);
    return 0;
}

static gboolean fail(GError **error, int code, const char *what)
{
    g_set_error(error, NFT_ERROR, code, "nftables: cannot %s: %s%s", what, g_strerror(code),
                code == EPERM ? "; CAP_NET_ADMIN is needed" : "");
    return FALSE;
}

static gboolean subscribe(NftMonitor *monitor, GError **error)
{
    monitor->mnl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (!monitor->mnl)
        return fail(error, errno, "open a netlink socket");

    const int size = RECEIVE_BUFFER_BYTES;
    (void)setsockopt(mnl_socket_get_fd(monitor->mnl), SOL_SOCKET, SO_RCVBUFFORCE, &size,
                     sizeof(size));
    int group = NFNLGRP_NFTABLES;
    if (mnl_socket_bind(monitor->mnl, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_setsockopt(monitor->mnl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
        return fail(error, errno, "subscribe to changes");
    return TRUE;
}

static gboolean attach(NftMonitor *monitor, sd_event *event, GError **error)
{
    int r = sd_event_add_io(event, &monitor->source, mnl_socket_get_fd(monitor->mnl), EPOLLIN,
                            on_messages, monitor);
    if (r >= 0)
        r = sd_event_source_set_ratelimit(monitor->source, INTERVAL_USEC, WAKES_PER_INTERVAL);
    if (r < 0)
        return fail(error, -r, "wait for changes");
    (void)sd_event_source_set_description(monitor->source, "nft-monitor");
    return TRUE;
}

NftMonitor *nft_monitor_new(sd_event *event, const char *const *tables, guint32 own_port_id,
                            NftMonitorNotify notify, gpointer data, GError **error)
{
    g_autoptr(NftMonitor) monitor = g_new0(NftMonitor, 1);
    monitor->tables = tables;
    monitor->own_port_id = own_port_id;
    monitor->notify = notify;
    monitor->data = data;
    if (!subscribe(monitor, error) || !attach(monitor, event, error))
        return NULL;
    return g_steal_pointer(&monitor);
}

void nft_monitor_free(NftMonitor *monitor)
{
    if (!monitor)
        return;
    sd_event_source_disable_unref(monitor->source);
    if (monitor->mnl)
        mnl_socket_close(monitor->mnl);
    g_free(monitor);
}

gint64 nft_monitor_take_noticed(NftMonitor *monitor)
{
    (void)read_waiting(monitor);
    const gint64 noticed = monitor->noticed;
    monitor->noticed = 0;
    return noticed;
}
