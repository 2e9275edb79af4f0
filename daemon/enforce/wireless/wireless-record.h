/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What secpold itself has done to radios, as lines of a RunRecord. Pure. */
#pragma once

#include <glib.h>

typedef enum WirelessDeed {
    WIRELESS_DEED_LINK_DOWN,   /* an interface was set down: @object is its wdev, @type what it was
                                  used as */
    WIRELESS_DEED_BLOCKED,     /* @object: a switch that was not blocked before */
    WIRELESS_DEED_BLOCKED_ALL, /* all switches, those still to come included */
    WIRELESS_DEED_FOREIGN,     /* @object: a switch that somebody else had blocked before that */
    WIRELESS_DEED_LAST = WIRELESS_DEED_FOREIGN,
} WirelessDeed;

typedef struct WirelessRecordEntry {
    WirelessDeed deed;
    guint64 object;
    guint32 type;
} WirelessRecordEntry;

/* "link 4294967298 3"; free with g_free(). */
char *wireless_record_entry_to_string(const WirelessRecordEntry *entry);
gboolean wireless_record_entry_from_string(const char *line, WirelessRecordEntry *ret);

/* Element type WirelessRecordEntry; lines that are none are passed over. Free with g_array_unref().
 */
GArray *wireless_record_parse(const char *const *lines);

/* Whether there is an entry of this deed about this object. */
gboolean wireless_record_has(const GArray *record, WirelessDeed deed, guint64 object);
