/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of settings: those that are demanded, and those that are found. */
#pragma once

#include "daemon/policy/catalog.h"

/* What is locked. Element i is of setting i: NULL where it is free, or not available. */
typedef struct SettingsInForce {
    GVariant *values[CATALOG_N_SETTINGS];
} SettingsInForce;

void settings_in_force_clear(SettingsInForce *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SettingsInForce, settings_in_force_clear)

void settings_in_force_copy(SettingsInForce *to, const SettingsInForce *from);

typedef struct SettingsReport {
    guint setting;
    GVariant *value;    /* in force; of the setting's type */
    const char *reason; /* "" where there is nothing to say */
} SettingsReport;
