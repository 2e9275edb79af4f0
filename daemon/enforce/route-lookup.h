/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The route the kernel itself would send a packet by. */
#pragma once

#include "daemon/enforce/netlink-client.h"

typedef struct RouteQuery {
    guint8 family;           /* AF_INET or AF_INET6 */
    const void *destination; /* 4 or 16 bytes, network order */
    const void *source;      /* the same, or NULL: for the kernel to choose */
    guint interface;         /* index of the only one to be considered; 0: any */
} RouteQuery;

typedef struct Route {
    gboolean local;  /* the destination is this host: packets never leave it */
    guint interface; /* index of the interface packets leave on */
} Route;

/* @client is of NETLINK_ROUTE. Fails as netlink_client_ask() does: ENETUNREACH and EHOSTUNREACH
 * where there is no route. */
gboolean route_lookup(NetlinkClient *client, const RouteQuery *query, Route *ret, GError **error);
