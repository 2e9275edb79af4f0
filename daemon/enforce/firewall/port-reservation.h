/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Closed ports that lie in the ephemeral range are taken out of it, by way of
 * net.ipv4.ip_local_reserved_ports: an outgoing connection that happened to get a closed port as
 * its source port would never see an answer. (The setting counts for IPv6 as well, and for all
 * protocols.)
 *
 * The list is shared with the administrator. What stood in it before stays; secpold takes back only
 * what it added, which it remembers in RUNTIME_DIRECTORY/reserved-ports so that a restart can still
 * lift it. When ports that secpold added are gone from the list, somebody replaced it ("sysctl
 * -w"): what it holds then is the administrator's, and is merged with what is needed. A record that
 * cannot be read counts as none; what it named stays reserved until the next boot. Where none can
 * be kept, the ports are reserved all the same, and a problem says so.
 *
 * The kernel tells nobody of a change to the list, and no timer asks: a replaced list is noticed at
 * the next pass, whatever causes it, and by Verify().
 */
#pragma once

#include "daemon/enforce/enforcer.h"

#define PORT_RESERVATION_RECORD "reserved-ports"

/* Has no effects of its own. Reports a pending finding for an item whose ephemeral ports could not
 * be reserved, and a drift for one whose ports were found missing. */
Enforcer *port_reservation_new(const char *runtime_directory);
