/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where to listen: sockets that systemd passes on, or addresses from the command line. */
#pragma once

#include <gio/gio.h>

/* The sockets of a socket unit; empty where there are none. Elements are counted. NULL on error. */
GPtrArray *listeners_from_systemd(GError **error);

/* One for each of @addresses: "127.0.0.1:8631", "[::1]:8631" or the path of a Unix socket, which is
 * replaced where it exists. Others than this host have no business here, hence no other address. */
GPtrArray *listeners_from_addresses(const char *const *addresses, GError **error);
