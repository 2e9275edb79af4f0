/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/nl-request.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <sys/time.h>

/* The kernel fills dump messages up to this size when the reader has room for it. */
#define RECEIVE_BYTES 32768
/* Answers come from within the system call that asks; only a lost message ever takes time. */
#define TIMEOUT_SECONDS 5

G_DEFINE_QUARK(secpold_nl_request_error, nl_request_error)

typedef struct Exchange {
    guint32 sequence;
    NlVisit visit;
    gpointer data;
    gboolean complete;
    gboolean interrupted; /* the table changed while it was dumped */
    int error;            /* errno, or 0 */
} Exchange;

static gboolean fail(GError **error, int number, const char *what)
{
    g_set_error(error, NL_REQUEST_ERROR, number, "Cannot %s: %s", what, g_strerror(number));
    return FALSE;
}

NlSocket *nl_request_open(int bus, GError **error)
{
    g_autoptr(NlSocket) nl = nl_socket_alloc();
    const struct timeval timeout = {.tv_sec = TIMEOUT_SECONDS};

    if (!nl || nl_connect(nl, bus) < 0 ||
        setsockopt(nl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0 ||
        nl_socket_set_msg_buf_size(nl, RECEIVE_BYTES) < 0) {
        fail(error, errno, "open a netlink socket");
        return NULL;
    }
    return g_steal_pointer(&nl);
}

/* What an earlier request that was given up left behind is no answer to this one. */
static int check_sequence(struct nl_msg *message, void *data)
{
    const Exchange *exchange = data;
    return nlmsg_hdr(message)->nlmsg_seq == exchange->sequence ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *message, void *data)
{
    const Exchange *exchange = data;

    if (exchange->visit)
        exchange->visit(nlmsg_hdr(message), exchange->data);
    return NL_OK;
}

/* The end of a dump begins with 0 or a negative errno; old kernels leave it out. */
static int on_finish(struct nl_msg *message, void *data)
{
    Exchange *exchange = data;
    const struct nlmsghdr *header = nlmsg_hdr(message);

    if (nlmsg_datalen(header) >= (int)sizeof(gint32))
        exchange->error = -*(const gint32 *)nlmsg_data(header);
    exchange->complete = TRUE;
    return NL_STOP;
}

static int on_acknowledged(struct nl_msg *message, void *data)
{
    ((Exchange *)data)->complete = TRUE;
    return NL_STOP;
}

static int on_interrupted(struct nl_msg *message, void *data)
{
    ((Exchange *)data)->interrupted = TRUE;
    return NL_OK;
}

static int on_error(struct sockaddr_nl *sender, struct nlmsgerr *refusal, void *data)
{
    Exchange *exchange = data;

    if (refusal->msg.nlmsg_seq != exchange->sequence)
        return NL_SKIP;
    exchange->error = -refusal->error;
    exchange->complete = TRUE;
    return NL_STOP;
}

static struct nl_cb *callbacks_new(Exchange *exchange)
{
    struct nl_cb *callbacks = nl_cb_alloc(NL_CB_DEFAULT);

    g_assert(callbacks);
    nl_cb_set(callbacks, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, check_sequence, exchange);
    nl_cb_set(callbacks, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
    nl_cb_set(callbacks, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, exchange);
    nl_cb_set(callbacks, NL_CB_ACK, NL_CB_CUSTOM, on_acknowledged, exchange);
    nl_cb_set(callbacks, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, exchange);
    nl_cb_err(callbacks, NL_CB_CUSTOM, on_error, exchange);
    return callbacks;
}

/* libnl's own error numbers lose the errno, so it is taken from errno right after the call. */
static gboolean receive(NlSocket *nl, Exchange *exchange, GError **error)
{
    struct nl_cb *callbacks = callbacks_new(exchange);
    int r = 0;

    errno = 0;
    while (!exchange->complete && r >= 0)
        r = nl_recvmsgs(nl, callbacks);
    const int number = r == -NLE_AGAIN ? ETIMEDOUT : errno;
    nl_cb_put(callbacks);
    if (!exchange->complete)
        return fail(error, number != 0 ? number : EPROTO, "read the kernel's answer over netlink");
    if (exchange->error == 0 && exchange->interrupted)
        exchange->error = EAGAIN;
    if (exchange->error == 0)
        return TRUE;
    g_set_error_literal(error, NL_REQUEST_ERROR, exchange->error, g_strerror(exchange->error));
    return FALSE;
}

gboolean nl_request_run(NlSocket *nl, NlMessage *request, NlVisit visit, gpointer data,
                        GError **error)
{
    nlmsg_hdr(request)->nlmsg_seq = NL_AUTO_SEQ;
    if (nl_send_auto(nl, request) < 0)
        return fail(error, errno, "ask the kernel over netlink");

    Exchange exchange = {
        .sequence = nlmsg_hdr(request)->nlmsg_seq,
        .visit = visit,
        .data = data,
    };
    return receive(nl, &exchange, error);
}
