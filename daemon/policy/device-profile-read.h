/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads single groups and keys of a device profile: for device-profile*.c alone. */
#pragma once

#include "daemon/policy/device-profile.h"
#include "daemon/policy/ini-scanner.h"

/* Where a value was given, for what can only be judged with all files read. */
typedef struct DeviceProfilePlace {
    const char *file;
    guint line;
} DeviceProfilePlace;

typedef struct DeviceProfileReader {
    DeviceProfile *profile;
    Diagnostics *diagnostics;
    const char *file;                                    /* the one being read */
    DeviceProfilePlace narrowed[CATALOG_N_ITEMS];        /* where [Narrow] names the item last */
    DeviceProfilePlace hardware[HARDWARE_LIST_LAST + 1]; /* where the list was given last */
} DeviceProfileReader;

/* Reports a group that is not known. */
void device_profile_read_group(DeviceProfileReader *reader, const IniGroup *group);

/* Reads the entry into the profile, over what earlier files said, or reports what is wrong. */
void device_profile_read_entry(DeviceProfileReader *reader, const IniEntry *entry);

/* An error at the entry. */
void device_profile_report(DeviceProfileReader *reader, const IniEntry *entry, const char *format,
                           ...) G_GNUC_PRINTF(3, 4);

/* The words of the value. NULL where there are too many, which is reported; so is one that stands
 * there twice. */
GStrv device_profile_read_words(DeviceProfileReader *reader, const IniEntry *entry, guint maximum);

/* Reads one of the lists of [Usb] and [Wireless]. */
void device_profile_read_hardware(DeviceProfileReader *reader, const IniEntry *entry);

/* With all files read: reports radios that stand in two lists. */
void device_profile_check_radios(const DeviceProfileReader *reader);
