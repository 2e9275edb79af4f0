/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ephemeral ports: where outgoing connections of this network namespace get their source
 * ports from. The kernel uses the same range for IPv4 and IPv6. */
#pragma once

#include "daemon/policy/catalog.h"

#define LOCAL_PORT_RANGE_PATH "/proc/sys/net/ipv4/ip_local_port_range"

/* Reads the range now in force. FALSE, leaving @ret, with G_FILE_ERROR where it cannot be read or
 * is not two port numbers in order. */
gboolean local_port_range_read(PortRange *ret, GError **error);
