/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/device-profile-read.h"
#include "daemon/policy/ini-value.h"

void device_profile_report(DeviceProfileReader *reader, const IniEntry *entry, const char *format,
                           ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    diagnostics_add(reader->diagnostics, reader->file, entry->line, DIAGNOSTIC_ERROR, entry->key,
                    "%s", message);
}

GStrv device_profile_read_words(DeviceProfileReader *reader, const IniEntry *entry, guint maximum)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = ini_value_split(entry->value, maximum, &error);
    if (words == NULL) {
        device_profile_report(reader, entry, "%s", error->message);
        return NULL;
    }
    const char *repeated = ini_value_find_repeated((const char *const *)words);
    if (repeated != NULL) {
        g_autofree char *quoted = ini_value_quote(repeated);
        device_profile_report(reader, entry, "%s is named twice", quoted);
    }
    return g_steal_pointer(&words);
}
