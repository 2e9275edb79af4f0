/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-record.h"

static void test_round_trip(void)
{
    static const struct {
        WirelessRecordEntry entry;
        const char *line;
    } rows[] = {
        {{WIRELESS_DEED_LINK_DOWN, G_MAXUINT64, G_MAXUINT32},
         "link 18446744073709551615 4294967295"},
        {{WIRELESS_DEED_BLOCKED, 7, 0}, "blocked 7"},
        {{WIRELESS_DEED_BLOCKED_ALL, 0, 0}, "blocked-all"},
        {{WIRELESS_DEED_FOREIGN, 0, 0}, "foreign 0"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = wireless_record_entry_to_string(&rows[i].entry);
        WirelessRecordEntry entry;

        g_assert_cmpstr(line, ==, rows[i].line);
        g_assert_true(wireless_record_entry_from_string(line, &entry));
        g_assert_cmpint(entry.deed, ==, rows[i].entry.deed);
        g_assert_cmpuint(entry.object, ==, rows[i].entry.object);
        g_assert_cmpuint(entry.type, ==, rows[i].entry.type);
    }
}

static void test_other_lines(void)
{
    static const char *const lines[] = {
        "",          "link",       "link 1",      "link 1 2 3",    "link 1 4294967296",
        "blocked",   "blocked -1", "blocked 1 2", "blocked-all 1", "blocked 0x1",
        "foreign a", "link 1  2",  " blocked 1",  "blocked 1 ",    "blocked 18446744073709551616",
        "unknown 1", NULL,
    };
    g_autoptr(GArray) record = wireless_record_parse(lines);

    g_assert_cmpuint(record->len, ==, 0);
}

static void test_has(void)
{
    static const char *const lines[] = {"blocked 3", "rubbish", "blocked-all", NULL};
    g_autoptr(GArray) record = wireless_record_parse(lines);

    g_assert_cmpuint(record->len, ==, 2);
    g_assert_true(wireless_record_has(record, WIRELESS_DEED_BLOCKED, 3));
    g_assert_true(wireless_record_has(record, WIRELESS_DEED_BLOCKED_ALL, 0));
    g_assert_false(wireless_record_has(record, WIRELESS_DEED_BLOCKED, 4));
    g_assert_false(wireless_record_has(record, WIRELESS_DEED_FOREIGN, 3));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wireless-record/round-trip", test_round_trip);
    g_test_add_func("/wireless-record/other-lines", test_other_lines);
    g_test_add_func("/wireless-record/has", test_has);
    return g_test_run();
}
