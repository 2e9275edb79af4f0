/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's end of netlink: what it says is the input. The functions of libmnl that handle
 * sockets are defined here and so go before the library's; all of secpold's own code down to them
 * runs as it is.
 *
 * The input is a sequence of netlink messages. Each question is answered with what follows up to
 * the next NLMSG_DONE or NLMSG_ERROR, and with an acknowledgement once there is nothing left. A
 * sequence number of 0 becomes that of the question; NLMSG_OVERRUN is the kernel's "messages were
 * lost".
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* The netlink port of every socket. */
#define KERNEL_PORT_ID 4711u

/* @data must outlive the sockets' use. */
void kernel_begin(const uint8_t *data, size_t size);

/* What a subscriber gets unasked: the rest of the input as datagrams, each of the length that
 * stands before it in two bytes, in the socket that was opened last. */
void kernel_notify(void);
