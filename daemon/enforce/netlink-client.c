/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/netlink-client.h"

#include <errno.h>
#include <sys/time.h>

/* The kernel fills dump messages up to this size when the reader has room for it. */
#define RECEIVE_BYTES 32768
/* A table that changes during every one of so many readings is changing for good. */
#define MAX_READINGS 8
/* Answers come from within the system call that asks; only a lost message ever takes time. */
#define TIMEOUT_SECONDS 5

G_DEFINE_QUARK(secpold_netlink_client_error, netlink_client_error)

typedef struct Answer {
    guint sequence;
    GByteArray *messages;
    gboolean complete;
    gboolean interrupted; /* the table changed while it was dumped */
    int error;            /* errno, or 0 */
} Answer;

static void set_error(GError **error, const char *what, int number)
{
    g_set_error(error, NETLINK_CLIENT_ERROR, number, "Cannot %s: %s", what, g_strerror(number));
}

NetlinkClient *netlink_client_new(int bus, GError **error)
{
    g_autoptr(NetlinkClient) client = mnl_socket_open2(bus, SOCK_CLOEXEC);

    if (!client || mnl_socket_bind(client, 0, MNL_SOCKET_AUTOPID) < 0) {
        set_error(error, "open a netlink socket", errno);
        return NULL;
    }
    const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};
    if (setsockopt(mnl_socket_get_fd(client), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) <
        0) {
        set_error(error, "limit the waiting time of a netlink socket", errno);
        return NULL;
    }
    return g_steal_pointer(&client);
}

static void take_message(Answer *answer, const struct nlmsghdr *message)
{
    if (message->nlmsg_seq != answer->sequence)
        return;
    if (message->nlmsg_flags & NLM_F_DUMP_INTR)
        answer->interrupted = TRUE;

    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
        answer->complete = TRUE;
        answer->error = netlink_message_errno(message);
    } else if (message->nlmsg_type >= NLMSG_MIN_TYPE) {
        g_byte_array_append(answer->messages, (const guint8 *)message, message->nlmsg_len);
        const guint padding = MNL_ALIGN(message->nlmsg_len) - message->nlmsg_len;
        g_byte_array_append(answer->messages, (const guint8[MNL_ALIGNTO]){0}, padding);
    }
}

static gboolean receive(NetlinkClient *client, Answer *answer, GError **error)
{
    g_autofree char *buffer = g_malloc(RECEIVE_BYTES);

    while (!answer->complete) {
        const ssize_t received = mnl_socket_recvfrom(client, buffer, RECEIVE_BYTES);
        if (received < 0) {
            set_error(error, "read the kernel's answer over netlink", errno);
            return FALSE;
        }
        int left = (int)received;
        for (const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
             netlink_message_ok(message, left); message = mnl_nlmsg_next(message, &left))
            take_message(answer, message);
        if (answer->messages->len > NETLINK_CLIENT_MAX_ANSWER) {
            set_error(error, "keep the kernel's answer over netlink", E2BIG);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean ask_once(NetlinkClient *client, struct nlmsghdr *request, Answer *answer,
                         GError **error)
{
    static guint last_sequence;

    request->nlmsg_seq = answer->sequence = ++last_sequence;
    if (mnl_socket_sendto(client, request, request->nlmsg_len) < 0) {
        set_error(error, "ask the kernel over netlink", errno);
        return FALSE;
    }
    if (!receive(client, answer, error))
        return FALSE;
    if (answer->error != 0) {
        g_set_error_literal(error, NETLINK_CLIENT_ERROR, answer->error, g_strerror(answer->error));
        return FALSE;
    }
    return TRUE;
}

GByteArray *netlink_client_ask(NetlinkClient *client, struct nlmsghdr *request, GError **error)
{
    g_autoptr(GByteArray) messages = g_byte_array_new();

    request->nlmsg_flags |= NLM_F_REQUEST;
    if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
        request->nlmsg_flags |= NLM_F_ACK;

    for (guint reading = 0; reading < MAX_READINGS; reading++) {
        Answer answer = {.messages = messages};
        if (!ask_once(client, request, &answer, error))
            return NULL;
        if (!answer.interrupted)
            return g_steal_pointer(&messages);
        g_byte_array_set_size(messages, 0);
    }
    set_error(error, "read a table that keeps changing over netlink", EAGAIN);
    return NULL;
}
