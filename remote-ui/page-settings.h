/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings that an item locks, and what the agents say of them. */
#pragma once

#include "remote-ui/device-view.h"

/* Appends a table; nothing for an item without settings. */
void page_settings_add(GString *out, const DeviceView *view, GVariant *item);
