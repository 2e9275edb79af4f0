/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a wireless interface is used as. */
#pragma once

#include <glib.h>
#include <linux/nl80211.h>

/* The type of the interface with this index, as nl80211 tells it. NETLINK_CLIENT_ERROR: ENODEV
 * where it is not wireless, ENOENT where the kernel has no nl80211. */
gboolean wireless_type_read(guint interface, enum nl80211_iftype *ret, GError **error);
