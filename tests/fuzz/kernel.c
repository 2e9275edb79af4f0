/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/kernel.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams that wait in a socket at a time: more would have to wait for its reader. */
#define MAX_NOTIFICATIONS 8

struct mnl_socket {
    int fd;      /* what secpold has */
    int peer_fd; /* what the kernel has */
};

static struct {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t sequence; /* of the last question */
    int newest_peer_fd;
} kernel;

void kernel_begin(const uint8_t *data, size_t size)
{
    kernel.at = data;
    kernel.end = size > 0 ? data + size : data;
}

void kernel_notify(void)
{
    for (guint i = 0; i < MAX_NOTIFICATIONS && kernel.end - kernel.at >= 2; i++) {
        const size_t wanted = (size_t)kernel.at[0] | (size_t)kernel.at[1] << 8;
        kernel.at += 2;
        const size_t length = MIN(wanted, (size_t)(kernel.end - kernel.at));
        g_assert_cmpint(send(kernel.newest_peer_fd, kernel.at, length, MSG_DONTWAIT), ==, length);
        kernel.at += length;
    }
}

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
    int fds[2];
    const int type = SOCK_DGRAM | (flags & (SOCK_CLOEXEC | SOCK_NONBLOCK));

    g_assert_cmpint(socketpair(AF_UNIX, type, 0, fds), ==, 0);
    struct mnl_socket *nl = g_new0(struct mnl_socket, 1);
    *nl = (struct mnl_socket){fds[0], fds[1]};
    kernel.newest_peer_fd = fds[1];
    return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
    return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
    return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
    return nl->fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
    return KERNEL_PORT_ID;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req, size_t size)
{
    const struct nlmsghdr *question = req;

    g_assert_true(mnl_nlmsg_ok(question, (int)size));
    kernel.sequence = question->nlmsg_seq;
    return (ssize_t)size;
}

static size_t acknowledge(void *buf)
{
    struct nlmsghdr *message = mnl_nlmsg_put_header(buf);

    message->nlmsg_type = NLMSG_DONE;
    message->nlmsg_seq = kernel.sequence;
    *(int32_t *)mnl_nlmsg_put_extra_header(message, sizeof(int32_t)) = 0;
    return message->nlmsg_len;
}

/* One message from the input to @buf; *ret_last: no more belong to this datagram. */
static size_t put_message(uint8_t *buf, size_t room, gboolean *ret_last)
{
    const size_t left = (size_t)(kernel.end - kernel.at);
    struct nlmsghdr header = {0};

    *ret_last = TRUE;
    memcpy(&header, kernel.at, MIN(left, sizeof(header)));
    const size_t whole = MNL_ALIGN((size_t)header.nlmsg_len);
    const gboolean sound = left >= sizeof(header) && whole >= sizeof(header) && whole <= left;
    const size_t length = MIN(sound ? whole : left, room);
    memcpy(buf, kernel.at, length);
    kernel.at += length;
    if (sound && length == whole) {
        if (header.nlmsg_seq == 0)
            ((struct nlmsghdr *)(gpointer)buf)->nlmsg_seq = kernel.sequence;
        *ret_last = header.nlmsg_type < NLMSG_MIN_TYPE;
    }
    return length;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
    size_t length = 0;
    gboolean last = FALSE;

    if (kernel.at == kernel.end)
        return (ssize_t)acknowledge(buf);
    while (!last && kernel.at < kernel.end && length < size)
        length += put_message((uint8_t *)buf + length, size - length, &last);
    const struct nlmsghdr *first = buf;
    if (length >= sizeof(*first) && first->nlmsg_type == NLMSG_OVERRUN) {
        errno = ENOBUFS;
        return -1;
    }
    return (ssize_t)length;
}

int mnl_socket_close(struct mnl_socket *nl)
{
    close(nl->fd);
    close(nl->peer_fd);
    g_free(nl);
    return 0;
}
