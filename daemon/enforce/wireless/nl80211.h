/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions and commands to the kernel's wireless configuration. Everything is about the network
 * namespace that the thread was in when it opened the socket. */
#pragma once

#include "daemon/enforce/wireless/nl80211-message.h"

typedef struct Nl80211 Nl80211;

/* Whether the kernel has wireless devices, as far as can be told without asking for nl80211: that
 * would load its module on every machine that has none. */
gboolean nl80211_is_there(void);

/* Errors of all of these: NL_REQUEST_ERROR, the code being errno. Here ENOENT: the kernel has no
 * wireless devices, or none yet, since cfg80211 may be a module that comes with the first. */
Nl80211 *nl80211_new(GError **error);
void nl80211_free(Nl80211 *nl80211);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Nl80211, nl80211_free)

/* More than any machine has; what is beyond is an error rather than an appetite for memory. */
#define NL80211_MAX_OBJECTS 4096

/* All there are; element type WirelessWiphy, or WirelessInterface with @up unset. Free with
 * g_array_unref(). */
GArray *nl80211_dump_wiphys(Nl80211 *nl80211, GError **error);
GArray *nl80211_dump_interfaces(Nl80211 *nl80211, GError **error);

/* One, by the index of its network interface. ENODEV where that is not wireless. */
gboolean nl80211_read_interface(Nl80211 *nl80211, guint32 interface, WirelessInterface *ret,
                                GError **error);

/* Removes a wireless device. ENODEV where it is gone. */
gboolean nl80211_delete_interface(Nl80211 *nl80211, guint64 wdev, GError **error);
