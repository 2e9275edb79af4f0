/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-carried.h"

#include "daemon/enforce/wireless/wireless-record.h"

/* The path of the device that the radio belongs to: its own ends in a number that is given anew in
 * each boot. NULL where it is not known. */
static char *device_of(const WirelessRadio *radio)
{
    return radio->path ? g_path_get_dirname(radio->path) : NULL;
}

static gboolean record_has(const RunRecord *record, WirelessDeed deed, gint64 object)
{
    const WirelessRecordEntry entry = {.deed = deed, .object = (guint64)object};
    g_autofree char *line = wireless_record_entry_to_string(&entry);

    return run_record_contains(record, line);
}

static void set_deed(RunRecord *record, WirelessDeed deed, gint64 object, gboolean done)
{
    const WirelessRecordEntry entry = {.deed = deed, .object = (guint64)object};
    g_autofree char *line = wireless_record_entry_to_string(&entry);

    if (done)
        run_record_add(record, line);
    else
        run_record_remove(record, line);
}

void wireless_carried_adopt(const RunRecord *carried, const WirelessSystem *system, gboolean late,
                            RunRecord *record)
{
    for (guint i = 0; i < system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        g_autofree char *device = device_of(radio);

        if (!device || !run_record_contains(carried, device) ||
            !wireless_system_is_blocked(system, radio) ||
            (!late && record_has(record, WIRELESS_DEED_FOREIGN, radio->rfkill)))
            continue;
        set_deed(record, WIRELESS_DEED_FOREIGN, radio->rfkill, FALSE);
        set_deed(record, WIRELESS_DEED_BLOCKED, radio->rfkill, TRUE);
    }
}

static gboolean is_own_block(const RunRecord *record, const WirelessSystem *system,
                             const WirelessRadio *radio)
{
    return wireless_system_is_blocked(system, radio) &&
           (record_has(record, WIRELESS_DEED_BLOCKED, radio->rfkill) ||
            (record_has(record, WIRELESS_DEED_BLOCKED_ALL, 0) &&
             !record_has(record, WIRELESS_DEED_FOREIGN, radio->rfkill)));
}

static void forget_all(RunRecord *carried)
{
    g_auto(GStrv) lines = run_record_lines(carried);

    for (guint i = 0; lines[i]; i++)
        run_record_remove(carried, lines[i]);
}

/* Those that secpold has blocked, or the others. */
static void note_radios(RunRecord *carried, const WirelessSystem *system, const RunRecord *record,
                        gboolean own)
{
    for (guint i = 0; i < system->radios->len; i++) {
        const WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        g_autofree char *device = device_of(radio);

        if (!device || is_own_block(record, system, radio) != own)
            continue;
        if (own)
            run_record_add(carried, device);
        else
            run_record_remove(carried, device);
    }
}

void wireless_carried_update(RunRecord *carried, const WirelessSystem *system,
                             const WirelessRules *rules, const RunRecord *record)
{
    /* Nothing tells what is blocked. */
    if (!system->rfkill)
        return;
    if (rules->prohibited == WIRELESS_USE_NONE) {
        forget_all(carried);
        return;
    }
    /* Of two radios of one device, the one that is blocked counts. */
    note_radios(carried, system, record, FALSE);
    note_radios(carried, system, record, TRUE);
}
