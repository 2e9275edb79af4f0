/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/nft-socket.h"

#include "daemon/enforce/netlink-message.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The kernel answers while it takes the request: this is for a machine that is busy otherwise. */
#define ANSWER_SECONDS 2

/* Gives a descriptor of the network namespace a socket belongs to (linux/sockios.h). */
#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

/* The kernel fills buffers of up to 32 KiB when it lists. */
#define RECEIVE_BYTES (32u * 1024u)

struct NftSocket {
    struct mnl_socket *mnl;
    guint32 sequence; /* of the next message */
};

G_DEFINE_QUARK(nft_error, nft_error)

static gboolean fail(GError **error, int code, const char *what)
{
    g_set_error(error, NFT_ERROR, code, "nftables: cannot %s: %s%s", what, g_strerror(code),
                code == EPERM ? "; CAP_NET_ADMIN is needed, and a table that nobody else owns"
                              : "");
    return FALSE;
}

static gboolean is_in_this_namespace(int fd)
{
    const int namespace_fd = ioctl(fd, SIOCGSKNS);
    if (namespace_fd < 0)
        return FALSE;
    struct stat theirs, ours;
    const gboolean same = fstat(namespace_fd, &theirs) == 0 &&
                          stat("/proc/self/ns/net", &ours) == 0 && theirs.st_dev == ours.st_dev &&
                          theirs.st_ino == ours.st_ino;
    close(namespace_fd);
    return same;
}

static gboolean can_serve(int fd)
{
    int domain = 0, protocol = 0;
    socklen_t length = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK &&
           getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 &&
           protocol == NETLINK_NETFILTER && is_in_this_namespace(fd);
}

/* A listing that its reader did not finish holds the socket busy until it is read to its end. */
static void throw_away_leftovers(int fd)
{
    char buffer[8192];
    while (recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT) > 0 || errno == ENOBUFS)
        ;
}

static struct mnl_socket *adopt(int stored_fd)
{
    if (stored_fd < 0)
        return NULL;
    struct mnl_socket *mnl = can_serve(stored_fd) ? mnl_socket_fdopen(stored_fd) : NULL;
    if (mnl && mnl_socket_get_portid(mnl) != 0) {
        throw_away_leftovers(stored_fd);
        return mnl;
    }
    if (mnl)
        mnl_socket_close(mnl);
    else
        close(stored_fd);
    return NULL;
}

static struct mnl_socket *open_new(GError **error)
{
    struct mnl_socket *mnl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
    if (!mnl) {
        fail(error, errno, "open a netlink socket");
        return NULL;
    }
    if (mnl_socket_bind(mnl, 0, MNL_SOCKET_AUTOPID) < 0) {
        fail(error, errno, "bind a netlink socket");
        mnl_socket_close(mnl);
        return NULL;
    }
    return mnl;
}

NftSocket *nft_socket_new(int stored_fd, GError **error)
{
    struct mnl_socket *mnl = adopt(stored_fd);
    if (!mnl)
        mnl = open_new(error);
    if (!mnl)
        return NULL;

    const int fd = mnl_socket_get_fd(mnl), yes = 1;
    const struct timeval timeout = {.tv_sec = ANSWER_SECONDS};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0) {
        fail(error, errno, "set a timeout on a netlink socket");
        mnl_socket_close(mnl);
        return NULL;
    }
    /* Without this an error message carries a copy of the request, which may be large. */
    (void)mnl_socket_setsockopt(mnl, NETLINK_CAP_ACK, (void *)&yes, sizeof(yes));

    NftSocket *nft_socket = g_new0(NftSocket, 1);
    nft_socket->mnl = mnl;
    /* An answer to an earlier user of the socket must not be taken for one of ours. */
    nft_socket->sequence = g_random_int();
    return nft_socket;
}

void nft_socket_free(NftSocket *nft_socket)
{
    if (!nft_socket)
        return;
    mnl_socket_close(nft_socket->mnl);
    g_free(nft_socket);
}

int nft_socket_fd(const NftSocket *nft_socket)
{
    return mnl_socket_get_fd(nft_socket->mnl);
}

guint32 nft_socket_port_id(const NftSocket *nft_socket)
{
    return mnl_socket_get_portid(nft_socket->mnl);
}

/* What is expected, and what has come. */
typedef struct Exchange {
    guint32 first_sequence;
    guint32 n_sequences;
    NftBatch *batch; /* NULL for a query */
    NftSocketVisit visit;
    gpointer data;
    gboolean interrupted;
    gboolean complete;
    int code; /* first errno that came, or 0 */
    guint32 failed;
} Exchange;

static void take_verdict(Exchange *exchange, guint32 number, int code)
{
    if (code != 0 && exchange->code == 0) {
        exchange->code = code;
        exchange->failed = number;
    }
    if (!exchange->batch || nft_batch_is_last(exchange->batch, number))
        exchange->complete = TRUE;
}

static void take_message(Exchange *exchange, const struct nlmsghdr *message)
{
    const guint32 number = message->nlmsg_seq - exchange->first_sequence;
    if (number >= exchange->n_sequences)
        return;
    if (message->nlmsg_flags & NLM_F_DUMP_INTR)
        exchange->interrupted = TRUE;

    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
        take_verdict(exchange, number, netlink_message_errno(message));
    else if (message->nlmsg_type >= NLMSG_MIN_TYPE && exchange->visit)
        exchange->visit(message, exchange->data);
}

/* Returns 0, or an errno. */
static int receive(NftSocket *nft_socket, Exchange *exchange)
{
    g_autofree guint8 *buffer = g_malloc(RECEIVE_BYTES);
    while (!exchange->complete) {
        const ssize_t received = mnl_socket_recvfrom(nft_socket->mnl, buffer, RECEIVE_BYTES);
        if (received < 0 && errno == EINTR)
            continue;
        if (received < 0)
            return errno == EAGAIN ? ETIMEDOUT : errno;

        int left = (int)received;
        for (const struct nlmsghdr *message = (const struct nlmsghdr *)(gpointer)buffer;
             netlink_message_ok(message, left); message = mnl_nlmsg_next(message, &left))
            take_message(exchange, message);
    }
    return 0;
}

/* Sends and receives; returns 0 or an errno. */
static int exchange_bytes(NftSocket *nft_socket, const void *bytes, gsize length,
                          Exchange *exchange)
{
    nft_socket->sequence += exchange->n_sequences;
    if (mnl_socket_sendto(nft_socket->mnl, bytes, length) < 0)
        return errno;
    return receive(nft_socket, exchange);
}

gboolean nft_socket_query(NftSocket *nft_socket, struct nlmsghdr *request, NftSocketVisit visit,
                          gpointer data, gboolean *ret_interrupted, GError **error)
{
    Exchange exchange = {
        .first_sequence = nft_socket->sequence,
        .n_sequences = 1,
        .visit = visit,
        .data = data,
    };
    request->nlmsg_seq = nft_socket->sequence;
    request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;

    int code = exchange_bytes(nft_socket, request, request->nlmsg_len, &exchange);
    if (code == 0)
        code = exchange.code;
    if (code != 0)
        return fail(error, code, "list the ruleset");
    if (ret_interrupted && exchange.interrupted)
        *ret_interrupted = TRUE;
    return TRUE;
}

/* The whole batch must fit into the send buffer, which only CAP_NET_ADMIN may make larger than the
 * system's limit. */
static void make_room(NftSocket *nft_socket, gsize length)
{
    const int fd = nft_socket_fd(nft_socket);
    int size = 0;
    socklen_t option_length = sizeof(size);
    if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &option_length) == 0 &&
        (gsize)size >= 2 * length)
        return;
    const int wanted = (int)MIN(2 * length, (gsize)G_MAXINT / 4);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof(wanted));
}

gboolean nft_socket_commit(NftSocket *nft_socket, NftBatch *batch, GError **error)
{
    if (nft_batch_is_empty(batch))
        return TRUE;

    gsize length = 0;
    const guint8 *bytes = nft_batch_finish(batch, nft_socket->sequence, &length);
    Exchange exchange = {
        .first_sequence = nft_socket->sequence,
        .n_sequences = nft_batch_n_sequences(batch),
        .batch = batch,
    };
    make_room(nft_socket, length);

    const int code = exchange_bytes(nft_socket, bytes, length, &exchange);
    if (exchange.code != 0)
        return fail(error, exchange.code, nft_batch_describe(batch, exchange.failed));
    if (code != 0)
        return fail(error, code, "commit the changes");
    return TRUE;
}
