/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the device stands and by which policy, above all items. */
#pragma once

#include "remote-ui/device-watch.h"

/* Appends the element with id "absence": what is away; empty while nothing is. */
void page_absence_add(GString *out, const DeviceStatus *status);

/* Appends the element with id "summary". */
void page_summary_add(GString *out, const DeviceStatus *status);
