/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/uevent-monitor.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The multicast group of the kernel's own messages; udevd sends to group 2. */
#define GROUP_KERNEL 1

/* A message holds a path and at most 2 KiB of properties (UEVENT_BUFFER_SIZE in the kernel's
 * kobject.h). */
#define MESSAGE_MAX_BYTES 8192

/* Wide enough for what a whole machine says at once when "udevadm trigger" asks every device. */
#define RECEIVE_BUFFER_BYTES (4 * 1024 * 1024)

/* Messages read in one go, and how often in which time: the rest waits in the socket's buffer or is
 * lost, which means "look again" as well. */
#define READS_PER_WAKE     256u
#define WAKES_PER_INTERVAL 32u
#define INTERVAL_USEC      (100 * G_TIME_SPAN_MILLISECOND)

typedef struct Watch {
    const char *subsystem;
    UeventHandler handler;
    gpointer data;
} Watch;

struct UeventMonitor {
    int fd;
    sd_event_source *source;
    GArray *watches; /* element type Watch */
};

static void tell(const UeventMonitor *monitor, const Uevent *uevent)
{
    for (guint i = 0; i < monitor->watches->len; i++) {
        const Watch *watch = &g_array_index(monitor->watches, Watch, i);
        if (!uevent || strcmp(watch->subsystem, uevent->subsystem) == 0)
            watch->handler(uevent, watch->data);
    }
}

/* A process that may send to this group has a port of its own, and its own user on the message. */
static gboolean is_from_kernel(struct msghdr *header)
{
    const struct sockaddr_nl *sender = header->msg_name;
    const struct cmsghdr *control = CMSG_FIRSTHDR(header);

    if (header->msg_namelen != sizeof(*sender) || sender->nl_pid != 0 || !control ||
        control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS ||
        control->cmsg_len != CMSG_LEN(sizeof(struct ucred)))
        return FALSE;
    struct ucred credentials;
    memcpy(&credentials, CMSG_DATA(control), sizeof(credentials));
    return credentials.uid == 0;
}

/* Whether there may be another message. */
static gboolean read_one(const UeventMonitor *monitor)
{
    char message[MESSAGE_MAX_BYTES];
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct sockaddr_nl sender = {0};
    struct iovec vector = {message, sizeof(message)};
    struct msghdr header = {
        .msg_name = &sender,
        .msg_namelen = sizeof(sender),
        .msg_iov = &vector,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    Uevent uevent;

    const ssize_t length = recvmsg(monitor->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0 && errno != ENOBUFS)
        return errno == EINTR;
    if (length < 0 || (is_from_kernel(&header) && (header.msg_flags & MSG_TRUNC)))
        tell(monitor, NULL);
    else if (is_from_kernel(&header) && uevent_parse(message, (gsize)length, &uevent))
        tell(monitor, &uevent);
    return TRUE;
}

static int on_messages(sd_event_source *source, int fd, uint32_t events, void *data)
{
    for (guint i = 0; i < READS_PER_WAKE && read_one(data); i++)
        ;
    return 0;
}

static gboolean fail(GError **error, int code, const char *what)
{
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "Cannot %s: %s%s; devices that come or change are noticed late", what,
                g_strerror(code),
                code == EAFNOSUPPORT ? " (the unit has to allow AF_NETLINK)" : "");
    return FALSE;
}

static gboolean subscribe(UeventMonitor *monitor, GError **error)
{
    const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = GROUP_KERNEL};
    const int size = RECEIVE_BUFFER_BYTES;
    const int on = 1;

    monitor->fd =
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    if (monitor->fd < 0)
        return fail(error, errno, "open a socket for the kernel's messages on devices");
    (void)setsockopt(monitor->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
    if (setsockopt(monitor->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
        bind(monitor->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return fail(error, errno, "listen to the kernel's messages on devices");
    return TRUE;
}

static gboolean attach(UeventMonitor *monitor, sd_event *event, GError **error)
{
    int r = sd_event_add_io(event, &monitor->source, monitor->fd, EPOLLIN, on_messages, monitor);
    /* Ahead of the bus: whoever talks a lot must not keep a gadget bound for longer. */
    if (r >= 0)
        r = sd_event_source_set_priority(monitor->source, SD_EVENT_PRIORITY_IMPORTANT);
    if (r >= 0)
        r = sd_event_source_set_ratelimit(monitor->source, INTERVAL_USEC, WAKES_PER_INTERVAL);
    if (r < 0)
        return fail(error, -r, "wait for the kernel's messages on devices");
    (void)sd_event_source_set_description(monitor->source, "uevent-monitor");
    return TRUE;
}

UeventMonitor *uevent_monitor_new(sd_event *event, GError **error)
{
    g_autoptr(UeventMonitor) monitor = g_new0(UeventMonitor, 1);

    monitor->fd = -1;
    monitor->watches = g_array_new(FALSE, FALSE, sizeof(Watch));
    if (!subscribe(monitor, error) || !attach(monitor, event, error))
        return NULL;
    return g_steal_pointer(&monitor);
}

void uevent_monitor_free(UeventMonitor *monitor)
{
    if (!monitor)
        return;
    sd_event_source_disable_unref(monitor->source);
    if (monitor->fd >= 0)
        close(monitor->fd);
    g_array_unref(monitor->watches);
    g_free(monitor);
}

void uevent_monitor_add(UeventMonitor *monitor, const char *subsystem, UeventHandler handler,
                        gpointer data)
{
    if (!monitor)
        return;
    const Watch watch = {subsystem, handler, data};
    g_array_append_val(monitor->watches, watch);
}

void uevent_monitor_remove(UeventMonitor *monitor, gpointer data)
{
    if (!monitor)
        return;
    for (guint i = monitor->watches->len; i > 0; i--)
        if (g_array_index(monitor->watches, Watch, i - 1).data == data)
            g_array_remove_index(monitor->watches, i - 1);
}
