/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what radios there are, what they are used for and which are blocked. */
#pragma once

#include "daemon/enforce/nl-request.h"
#include "daemon/enforce/wireless/nl80211.h"
#include "daemon/enforce/wireless/rfkill.h"
#include "daemon/enforce/wireless/wireless-system.h"

/* @nl80211 is NULL where the kernel has no wireless devices, @rfkill where it has no switches or
 * they cannot be reached: of radios in
 * other network namespaces, the links in sysfs tell then; @links is a socket for NETLINK_ROUTE.
 * What vanishes while it is looked at is left out. Errors: NL_REQUEST_ERROR. */
WirelessSystem *wireless_scan(Nl80211 *nl80211, NlSocket *links, Rfkill *rfkill, GError **error);
