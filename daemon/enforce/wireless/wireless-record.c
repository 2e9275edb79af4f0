/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-record.h"

#include <inttypes.h>

/* How the deeds are written, and with how many numbers. */
static const struct {
    const char *word;
    guint numbers;
} deeds[WIRELESS_DEED_LAST + 1] = {
    [WIRELESS_DEED_LINK_DOWN] = {"link", 2},
    [WIRELESS_DEED_BLOCKED] = {"blocked", 1},
    [WIRELESS_DEED_BLOCKED_ALL] = {"blocked-all", 0},
    [WIRELESS_DEED_FOREIGN] = {"foreign", 1},
};

char *wireless_record_entry_to_string(const WirelessRecordEntry *entry)
{
    const char *word = deeds[entry->deed].word;

    switch (deeds[entry->deed].numbers) {
    case 0:
        return g_strdup(word);
    case 1:
        return g_strdup_printf("%s %" PRIu64, word, entry->object);
    default:
        return g_strdup_printf("%s %" PRIu64 " %" PRIu32, word, entry->object, entry->type);
    }
}

static gboolean parse_numbers(const char *const *words, guint n, WirelessRecordEntry *entry)
{
    guint64 type = 0;

    if (n > 0 && !g_ascii_string_to_unsigned(words[0], 10, 0, G_MAXUINT64, &entry->object, NULL))
        return FALSE;
    if (n > 1 && !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT32, &type, NULL))
        return FALSE;
    entry->type = (guint32)type;
    return TRUE;
}

gboolean wireless_record_entry_from_string(const char *line, WirelessRecordEntry *ret)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const guint n = g_strv_length(words);

    for (guint i = 0; n > 0 && i < G_N_ELEMENTS(deeds); i++) {
        WirelessRecordEntry entry = {.deed = (WirelessDeed)i};

        if (!g_str_equal(words[0], deeds[i].word) || n != deeds[i].numbers + 1 ||
            !parse_numbers((const char *const *)words + 1, deeds[i].numbers, &entry))
            continue;
        *ret = entry;
        return TRUE;
    }
    return FALSE;
}

GArray *wireless_record_parse(const char *const *lines)
{
    GArray *record = g_array_new(FALSE, FALSE, sizeof(WirelessRecordEntry));

    for (guint i = 0; lines[i]; i++) {
        WirelessRecordEntry entry;
        if (wireless_record_entry_from_string(lines[i], &entry))
            g_array_append_val(record, entry);
    }
    return record;
}

gboolean wireless_record_has(const GArray *record, WirelessDeed deed, guint64 object)
{
    for (guint i = 0; i < record->len; i++) {
        const WirelessRecordEntry *entry = &g_array_index(record, WirelessRecordEntry, i);
        if (entry->deed == deed && entry->object == object)
            return TRUE;
    }
    return FALSE;
}
