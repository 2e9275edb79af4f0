/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a device is compliant: its policy is being enforced without a problem, and it has no
 * pending and no violated item. A partial item does not count against it: what it leaves open, the
 * maker's or administrator's own device profile says.
 */
#pragma once

#include "ctl/json-member.h"

/* Why the device whose manager this is is not compliant, in a line; NULL where it is. Free with
 * g_free(). */
char *compliance_reason_against(JsonObject *manager);
