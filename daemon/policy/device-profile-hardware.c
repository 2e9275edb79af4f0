/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "daemon/policy/device-profile-fields.h"
#include "daemon/policy/device-profile-read.h"
#include "daemon/policy/hardware-name.h"
#include "daemon/policy/ini-value.h"

#define HARDWARE_MAX 32

static const char *const keys[] = {
    [HARDWARE_EXEMPT_CONTROLLERS] = "ExemptControllers",
    [HARDWARE_EXEMPT_PORTS] = "ExemptPorts",
    [HARDWARE_EXEMPT_RADIOS] = "ExemptRadios",
    [HARDWARE_DIRECT_RADIOS] = "DirectRadios",
    [HARDWARE_LAN_RADIOS] = "LanRadios",
};
G_STATIC_ASSERT(G_N_ELEMENTS(keys) == HARDWARE_LIST_LAST + 1);

static HardwareList find_list(const char *key)
{
    for (guint i = 0; i < HARDWARE_LIST_LAST; i++)
        if (strcmp(keys[i], key) == 0)
            return (HardwareList)i;
    return HARDWARE_LIST_LAST;
}

void device_profile_read_hardware(DeviceProfileReader *reader, const IniEntry *entry)
{
    HardwareList list = find_list(entry->key);
    GStrv *names = &reader->profile->hardware[list];

    g_clear_pointer(names, g_strfreev);
    reader->hardware[list] = (DeviceProfilePlace){reader->file, entry->line};

    g_auto(GStrv) words = device_profile_read_words(reader, entry, HARDWARE_MAX);
    if (words == NULL || *words == NULL)
        return;
    for (char **word = words; *word != NULL; word++) {
        g_autoptr(GError) error = NULL;

        if (!hardware_name_check(*word, &error))
            device_profile_report(reader, entry, "%s", error->message);
    }
    *names = g_steal_pointer(&words);
}

/* Reports the names in list @b that are in list @a too, or are matched by or match one of it. */
static void check_pair(const DeviceProfileReader *reader, HardwareList a, HardwareList b)
{
    const char *const *const mine = device_profile_hardware(reader->profile, b);
    const char *const *const others = device_profile_hardware(reader->profile, a);
    const DeviceProfilePlace *place = &reader->hardware[b];

    for (gsize i = 0; mine[i] != NULL; i++)
        for (gsize j = 0; others[j] != NULL; j++) {
            if (!hardware_names_overlap(mine[i], others[j]))
                continue;
            g_autofree char *quoted = ini_value_quote(mine[i]);
            g_autofree char *other = ini_value_quote(others[j]);
            diagnostics_add(reader->diagnostics, place->file, place->line, DIAGNOSTIC_ERROR,
                            keys[b], "%s and %s in %s mean the same radio; name it in one of them",
                            quoted, other, keys[a]);
        }
}

void device_profile_check_radios(const DeviceProfileReader *reader)
{
    check_pair(reader, HARDWARE_EXEMPT_RADIOS, HARDWARE_DIRECT_RADIOS);
    check_pair(reader, HARDWARE_EXEMPT_RADIOS, HARDWARE_LAN_RADIOS);
    check_pair(reader, HARDWARE_DIRECT_RADIOS, HARDWARE_LAN_RADIOS);
}
