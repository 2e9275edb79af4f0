/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What secpolctl monitor reports, as JSON objects. All have Time (microseconds since 1970) and
 * Event; beside these, by Event:
 *
 *   "item"            Key, From, To, Detail       an item's state changed
 *   "setting"         Name, From, To              a setting's state changed
 *   "state"           From, To                    secpold's own state changed
 *   "violation"       Item, Effect, Detail
 *   "repaired"        Item, Effect, Detail, USec  USec from notice to read-back
 *   "policy-changed"  Generation, Digest
 *   "gone", "back"                                secpold left the bus, or is on it again
 */
#pragma once

#include "ctl/verb.h"

/* An event that has happened just now. */
JsonObject *monitor_event_new(const char *event);

/* One line, flushed at once. */
void monitor_event_print(const Context *context, JsonObject *event);
