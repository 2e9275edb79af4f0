/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a network interface is set up (IFF_UP), and setting it up or down; by rtnetlink. */
#pragma once

#include "daemon/enforce/nl-request.h"

/* Pure. FALSE where the message is not about a link. */
gboolean link_state_parse(struct nlmsghdr *message, guint32 *ret_interface, gboolean *ret_up);

/* @nl is a socket for NETLINK_ROUTE. Errors: NL_REQUEST_ERROR; ENODEV where it is gone. */
gboolean link_state_read(NlSocket *nl, guint32 interface, gboolean *ret_up, GError **error);
gboolean link_state_set(NlSocket *nl, guint32 interface, gboolean up, GError **error);
