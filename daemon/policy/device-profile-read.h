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
    const char *file;                             /* the one being read */
    DeviceProfilePlace narrowed[CATALOG_N_ITEMS]; /* where [Narrow] names the item last */
} DeviceProfileReader;

/* Reports a group that is not known. */
void device_profile_read_group(DeviceProfileReader *reader, const IniGroup *group);

/* Reads the entry into the profile, over what earlier files said, or reports what is wrong. */
void device_profile_read_entry(DeviceProfileReader *reader, const IniEntry *entry);
