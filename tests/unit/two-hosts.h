/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two hosts for tests of what only a kernel can tell: network namespaces of this process, joined by
 * a cable. The device is 192.0.2.1 and 2001:db8::1 on "device0"; the peer 192.0.2.2 and 2001:db8::2
 * on "peer0". Both vanish with the process, and so does what it mounts.
 */
#pragma once

#include <glib.h>
#include <netinet/in.h>

#define DEVICE_IPV4 "192.0.2.1"
#define DEVICE_IPV6 "2001:db8::1"
#define PEER_IPV4   "192.0.2.2"
#define PEER_IPV6   "2001:db8::2"

/* Makes both and puts the calling thread on the device. Call once, before other threads start.
 * FALSE where the process may not make network namespaces: skip the tests. */
gboolean two_hosts_make(void);

/* Which of them sockets are made on, and commands run on, from here on. */
void two_hosts_go_to_device(void);
void two_hosts_go_to_peer(void);

/* Runs a command; any failure ends the test. */
void two_hosts_run(const char *command);

/* Socket addresses, families told apart by the colon. */
socklen_t two_hosts_address(const char *address, guint16 port, struct sockaddr_storage *ret);

/* A listener, IPv6 ones for mapped addresses too. */
int two_hosts_listen(const char *address, guint16 port);

/* A connection to a listener of this process: both ends. */
typedef struct Connection {
    int accepted;
    int connected;
} Connection;
Connection two_hosts_connect(int listener, const char *to, guint16 port, gboolean from_peer);
void two_hosts_disconnect(Connection connection);

/* 0 where the connection stands and carries a byte, else the errno of the connecting end. */
int two_hosts_test_connection(Connection connection);
