/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading netlink messages that lie back to back. */
#pragma once

#include <errno.h>
#include <glib.h>
#include <libmnl/libmnl.h>

/* Whether there is a whole message at @message, of whose buffer @left bytes are left. libmnl's own
 * mnl_nlmsg_ok() compares lengths as signed numbers: one of 2 GiB or more passes, and with the
 * largest of them mnl_nlmsg_next() stays where it is for ever. */
static inline gboolean netlink_message_ok(const struct nlmsghdr *message, int left)
{
    return mnl_nlmsg_ok(message, left) && message->nlmsg_len <= (guint)left;
}

/* The largest errno that the kernel gives (MAX_ERRNO of its err.h). */
#define NETLINK_MESSAGE_MAX_ERRNO 4095

/* The errno, or 0, that an NLMSG_ERROR or NLMSG_DONE begins with, as a negative number; old kernels
 * leave it out of the latter. EPROTO for what is none. */
static inline int netlink_message_errno(const struct nlmsghdr *message)
{
    if (mnl_nlmsg_get_payload_len(message) < sizeof(gint32))
        return 0;
    const gint32 number = *(const gint32 *)mnl_nlmsg_get_payload(message);
    return number < -NETLINK_MESSAGE_MAX_ERRNO || number > 0 ? EPROTO : -number;
}
