/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-system.h"

static void radio_clear(WirelessRadio *radio)
{
    g_free(radio->name);
    g_free(radio->path);
}

WirelessSystem *wireless_system_new(void)
{
    WirelessSystem *system = g_new0(WirelessSystem, 1);

    system->radios = g_array_new(FALSE, TRUE, sizeof(WirelessRadio));
    g_array_set_clear_func(system->radios, (GDestroyNotify)radio_clear);
    system->interfaces = g_array_new(FALSE, FALSE, sizeof(WirelessInterface));
    system->switches = g_array_new(FALSE, FALSE, sizeof(RfkillSwitch));
    return system;
}

void wireless_system_free(WirelessSystem *system)
{
    if (!system)
        return;
    g_array_unref(system->radios);
    g_array_unref(system->interfaces);
    g_array_unref(system->switches);
    g_free(system->obstacle);
    g_free(system);
}

void wireless_system_add_radio(WirelessSystem *system, const WirelessRadio *radio)
{
    g_array_append_vals(system->radios, radio, 1);
}

const WirelessRadio *wireless_system_find_radio(const WirelessSystem *system, guint32 number)
{
    for (guint i = 0; i < system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        if (radio->in_sight && radio->number == number)
            return radio;
    }
    return NULL;
}

const WirelessInterface *wireless_system_find_interface(const WirelessSystem *system, guint64 wdev)
{
    for (guint i = 0; i < system->interfaces->len; i++) {
        const WirelessInterface *at = &g_array_index(system->interfaces, WirelessInterface, i);
        if (at->wdev == wdev)
            return at;
    }
    return NULL;
}

const RfkillSwitch *wireless_system_find_switch(const WirelessSystem *system, gint64 index)
{
    for (guint i = 0; i < system->switches->len; i++) {
        const RfkillSwitch *at = &g_array_index(system->switches, RfkillSwitch, i);
        if (at->index == index)
            return at;
    }
    return NULL;
}

gboolean wireless_system_is_blocked(const WirelessSystem *system, const WirelessRadio *radio)
{
    const RfkillSwitch *own = wireless_system_find_switch(system, radio->rfkill);
    return own && own->soft;
}
