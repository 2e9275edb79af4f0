/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a pass over the radios has put an end to: element type WirelessAction. Pure. */
#pragma once

#include "daemon/enforce/wireless/wireless-decision.h"

/* Free with g_array_unref(). */
GArray *wireless_stopped_new(void);

/* Takes copies of those @actions that stop something. What is stopped twice is there once. */
void wireless_stopped_add(GArray *stopped, const GArray *actions);

/* On account of which prohibitions. */
WirelessUse wireless_stopped_uses(const GArray *stopped);
