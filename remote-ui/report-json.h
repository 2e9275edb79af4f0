/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of everything as JSON, for programs. */
#pragma once

#include "remote-ui/device-watch.h"

/* The very object of secpolctl report: Time (ISO 8601), Host, Compliant, Reason, Manager, Items and
 * Settings, with names and values of org.secpold1(5). Besides Reachable, whether secpold was asked
 * just now, and ReadTime, when it answered last. Free with g_free(). */
char *report_json_new(const DeviceStatus *status);
