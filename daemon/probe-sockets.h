/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probes of what the kernel tells about sockets and lets be done to them. Each tries for real in
 * the calling thread's network namespace, whose loopback interface must be up, and clears up after
 * itself. They fail with G_FILE_ERROR, NETLINK_CLIENT_ERROR or PROBE_ERROR. */
#pragma once

#include <glib.h>

gboolean probe_tcp_sockets(GError **error);    /* finding TCP sockets by port */
gboolean probe_udp_sockets(GError **error);    /* finding UDP sockets by port */
gboolean probe_control_groups(GError **error); /* and the control group they belong to */
gboolean probe_end_session(GError **error);    /* ending a TCP session */
gboolean probe_reserved_ports(GError **error); /* reserving an ephemeral port; leaves it so */
