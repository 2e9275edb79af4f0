/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/blocked-log.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <string.h>

#include "daemon/enforce/netlink-client.h"

/* Room for an IPv6 header, a handful of extension headers and the ports. */
#define COPY_BYTES 256
/* The kernel gathers refusals up to this size, or for this long, before it wakes us up. */
#define BATCH_BYTES             8192
#define BATCH_TENTHS_OF_SECONDS 1
#define RECEIVE_BYTES           (2 * BATCH_BYTES)
/* More batches a second than this wait in the socket's buffer, and fall out of it at the end. */
#define BATCHES_PER_SECOND 20

struct BlockedLog {
    sd_event *event;
    NetlinkClient *client;
    sd_event_source *source;
    guint group; /* listened to, or 0 */
    char *problem;
    BlockedRefusal ring[BLOCKED_LOG_SIZE];
    guint next; /* where the next refusal goes */
    guint count;
};

BlockedLog *blocked_log_new(sd_event *event)
{
    BlockedLog *log = g_new0(BlockedLog, 1);

    log->event = event;
    return log;
}

/* The kernel forgets who listens to a group when the socket is closed. */
static void stop(BlockedLog *log)
{
    log->source = sd_event_source_disable_unref(log->source);
    netlink_client_free(log->client);
    log->client = NULL;
    log->group = 0;
}

void blocked_log_free(BlockedLog *log)
{
    if (!log)
        return;
    stop(log);
    g_free(log->problem);
    g_free(log);
}

static gboolean has_bytes(const struct nlattr *attribute, gsize bytes)
{
    return mnl_attr_get_payload_len(attribute) >= bytes;
}

static void take_time(const struct nlattr *attribute, BlockedRefusal *refusal)
{
    struct nfulnl_msg_packet_timestamp time;

    memcpy(&time, mnl_attr_get_payload(attribute), sizeof(time));
    refusal->realtime_usec =
        GUINT64_FROM_BE(time.sec) * G_USEC_PER_SEC + GUINT64_FROM_BE(time.usec);
}

static void take_prefix(const struct nlattr *attribute, BlockedRefusal *refusal)
{
    const char *prefix = mnl_attr_get_payload(attribute);

    if (memchr(prefix, '\0', mnl_attr_get_payload_len(attribute)))
        refusal->item = catalog_find_item(prefix);
}

static void take_interface(const struct nlattr *attribute, BlockedRefusal *refusal)
{
    if (!if_indextoname(g_ntohl(mnl_attr_get_u32(attribute)), refusal->interface))
        refusal->interface[0] = '\0';
}

/* Leaves refusal->item NULL where anything is missing. */
static void parse_refusal(const struct nlmsghdr *message, BlockedRefusal *refusal)
{
    gboolean readable = FALSE;
    const struct nlattr *attribute;

    mnl_attr_for_each(attribute, message, sizeof(struct nfgenmsg))
    {
        const guint16 type = mnl_attr_get_type(attribute);
        if (type == NFULA_PREFIX)
            take_prefix(attribute, refusal);
        else if (type == NFULA_PAYLOAD)
            readable = packet_summary_parse(mnl_attr_get_payload(attribute),
                                            mnl_attr_get_payload_len(attribute), &refusal->packet);
        else if (type == NFULA_IFINDEX_INDEV && has_bytes(attribute, sizeof(guint32)))
            take_interface(attribute, refusal);
        else if (type == NFULA_TIMESTAMP &&
                 has_bytes(attribute, sizeof(struct nfulnl_msg_packet_timestamp)))
            take_time(attribute, refusal);
    }
    if (!readable)
        refusal->item = NULL;
}

static void take_message(BlockedLog *log, const struct nlmsghdr *message)
{
    BlockedRefusal refusal = {.realtime_usec = (guint64)g_get_real_time()};

    if (message->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET) ||
        mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
        return;
    parse_refusal(message, &refusal);
    if (!refusal.item)
        return;

    log->ring[log->next] = refusal;
    log->next = (log->next + 1) % BLOCKED_LOG_SIZE;
    log->count = MIN(log->count + 1, BLOCKED_LOG_SIZE);
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *data)
{
    BlockedLog *log = data;
    _Alignas(struct nlmsghdr) char buffer[RECEIVE_BYTES];
    struct sockaddr_nl sender = {0};
    socklen_t sender_bytes = sizeof(sender);

    const ssize_t received = recvfrom(fd, buffer, sizeof(buffer), MSG_DONTWAIT,
                                      (struct sockaddr *)&sender, &sender_bytes);
    /* Port 0 is the kernel. What does not fit any more, or fell out of the buffer, is left out. */
    if (received <= 0 || sender.nl_pid != 0)
        return 0;

    int left = (int)received;
    for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
         netlink_message_ok(message, left); message = mnl_nlmsg_next(message, &left))
        take_message(log, message);
    return 0;
}

static struct nlmsghdr *put_configuration(char *buffer, guint16 group)
{
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
    const struct nfulnl_msg_config_cmd command = {NFULNL_CFG_CMD_BIND};
    const struct nfulnl_msg_config_mode mode = {
        .copy_range = g_htonl(COPY_BYTES),
        .copy_mode = NFULNL_COPY_PACKET,
    };

    request->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
    struct nfgenmsg *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));
    body->nfgen_family = AF_UNSPEC;
    body->version = NFNETLINK_V0;
    body->res_id = g_htons(group);
    mnl_attr_put(request, NFULA_CFG_CMD, sizeof(command), &command);
    mnl_attr_put(request, NFULA_CFG_MODE, sizeof(mode), &mode);
    mnl_attr_put_u32(request, NFULA_CFG_NLBUFSIZ, g_htonl(BATCH_BYTES));
    mnl_attr_put_u32(request, NFULA_CFG_TIMEOUT, g_htonl(BATCH_TENTHS_OF_SECONDS * 10));
    return request;
}

static gboolean bind_group(NetlinkClient *client, guint group, GError **error)
{
    char buffer[256] = {0};
    g_autoptr(GError) refusal = NULL;

    g_autoptr(GByteArray) answer =
        netlink_client_ask(client, put_configuration(buffer, (guint16)group), &refusal);
    if (answer)
        return TRUE;
    if (g_error_matches(refusal, NETLINK_CLIENT_ERROR, EPERM) ||
        g_error_matches(refusal, NETLINK_CLIENT_ERROR, EBUSY))
        g_set_error(error, NETLINK_CLIENT_ERROR, refusal->code,
                    "another program listens to netlink log group %u; "
                    "name a free one with [Firewall] LogGroup= in the device profile",
                    group);
    else
        g_propagate_prefixed_error(error, g_steal_pointer(&refusal),
                                   "netlink log group %u cannot be listened to: ", group);
    return FALSE;
}

static gboolean watch(BlockedLog *log, NetlinkClient *client, GError **error)
{
    int r = sd_event_add_io(log->event, &log->source, mnl_socket_get_fd(client), EPOLLIN,
                            on_readable, log);
    if (r >= 0)
        r = sd_event_source_set_priority(log->source, SD_EVENT_PRIORITY_IDLE);
    if (r >= 0)
        r = sd_event_source_set_ratelimit(log->source, G_USEC_PER_SEC, BATCHES_PER_SECOND);
    if (r >= 0)
        return TRUE;
    log->source = sd_event_source_disable_unref(log->source);
    g_set_error(error, NETLINK_CLIENT_ERROR, -r, "the event loop refuses a socket: %s",
                g_strerror(-r));
    return FALSE;
}

static gboolean listen_to(BlockedLog *log, guint group, GError **error)
{
    g_autoptr(NetlinkClient) client = netlink_client_new(NETLINK_NETFILTER, error);

    if (!client || !bind_group(client, group, error) || !watch(log, client, error))
        return FALSE;
    log->client = g_steal_pointer(&client);
    log->group = group;
    return TRUE;
}

void blocked_log_set_plan(BlockedLog *log, const Plan *plan)
{
    const guint group = plan->closures->len > 0 ? plan->log_group : 0;
    g_autoptr(GError) error = NULL;

    if (group == log->group && !log->problem)
        return;
    stop(log);
    g_clear_pointer(&log->problem, g_free);
    if (group != 0 && !listen_to(log, group, &error))
        log->problem = g_strdup_printf("Refused packets are not listed: %s", error->message);
}

const char *blocked_log_problem(const BlockedLog *log)
{
    return log->problem;
}

guint blocked_log_count(const BlockedLog *log)
{
    return log->count;
}

const BlockedRefusal *blocked_log_get(const BlockedLog *log, guint age)
{
    return &log->ring[(log->next + BLOCKED_LOG_SIZE - 1 - age) % BLOCKED_LOG_SIZE];
}
