/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's list of ports that no outgoing connection gets as its source port by itself, that
 * is, net.ipv4.ip_local_reserved_ports of this network namespace. */
#pragma once

#include "daemon/policy/port-set.h"

#define RESERVED_LIST_PATH "/proc/sys/net/ipv4/ip_local_reserved_ports"

/* Both fail with G_FILE_ERROR; reading also with PORT_SET_ERROR. */
gboolean reserved_list_read(PortSet *ret, GError **error);

/* A list whose text is longer than a page goes to the kernel in pieces: between the first and the
 * last of them less is reserved than was before and will be. */
gboolean reserved_list_write(const PortSet *list, GError **error);
