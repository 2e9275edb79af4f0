/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of everything as JSON, for programs. */
#pragma once

#include "remote-ui/device-watch.h"

/* An object: Time and ReadTime (ISO 8601), Host, Reachable, Absence, Compliant, Verdict, Manager,
 * and the arrays Items and Settings, with properties as in org.secpold1(5). Free with g_free(). */
char *report_json_new(const DeviceStatus *status);
