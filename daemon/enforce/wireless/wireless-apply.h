/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does what wireless_decide() found, and keeps the record of it. */
#pragma once

#include "daemon/enforce/nl-request.h"
#include "daemon/enforce/run-record.h"
#include "daemon/enforce/wireless/nl80211.h"
#include "daemon/enforce/wireless/rfkill.h"

/* @nl80211 and @rfkill may be NULL, where there are no actions for them. Borrowed. */
typedef struct WirelessTools {
    Nl80211 *nl80211;
    NlSocket *links; /* NETLINK_ROUTE */
    Rfkill *rfkill;
} WirelessTools;

/* @actions has elements of type WirelessAction. What does not work is told in @problems (element
 * type char), and the rest is done all the same; whether a use has ended is to be read back. FALSE
 * where something could not be taken back: it stays in @record, to be tried again, or goes out of
 * it with @abandon. */
gboolean wireless_apply(const WirelessTools *tools, const GArray *actions, RunRecord *record,
                        gboolean abandon, GPtrArray *problems);
