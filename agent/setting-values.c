/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/setting-values.h"

void settings_in_force_clear(SettingsInForce *settings)
{
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        g_clear_pointer(&settings->values[i], g_variant_unref);
}

void settings_in_force_copy(SettingsInForce *to, const SettingsInForce *from)
{
    settings_in_force_clear(to);
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        to->values[i] = from->values[i] ? g_variant_ref(from->values[i]) : NULL;
}
