/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd's side of the daemon: what it is told, and the descriptor that it keeps while the daemon
 * is away. Where nobody listens ($NOTIFY_SOCKET), all of this does nothing.
 */
#pragma once

#include <glib.h>

/* @state as for sd_notify(3), or more lines of it. A message that does not get through is sent
 * again: systemd kills a service that it takes for one that does not become ready. */
void service_manager_notify(const char *state);

/* The socket that an earlier process gave away, now the caller's, or -1. Whatever else systemd
 * passed is closed. To be called once. */
int service_manager_take_socket(void);

/* Has systemd keep @socket, which stays the caller's, in place of any other. */
void service_manager_keep_socket(int socket);
