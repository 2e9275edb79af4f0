/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/rfkill-table.h"

#include <linux/rfkill.h>

static gboolean apply(RfkillTable *table, guint32 index, guint8 type, guint8 op, guint8 soft,
                      guint8 hard)
{
    const struct rfkill_event event = {index, type, op, soft, hard};
    return rfkill_table_apply(table, &event, RFKILL_EVENT_SIZE_V1);
}

static gboolean apply_wlan(RfkillTable *table, guint32 index, guint8 op, guint8 soft)
{
    return apply(table, index, RFKILL_TYPE_WLAN, op, soft, 0);
}

static void test_follows_events(void)
{
    g_autoptr(RfkillTable) table = rfkill_table_new();

    g_assert_true(apply_wlan(table, 5, RFKILL_OP_ADD, 0));
    g_assert_true(apply_wlan(table, 2, RFKILL_OP_ADD, 1));
    g_assert_cmpuint(table->switches->len, ==, 2);
    g_assert_cmpuint(g_array_index(table->switches, RfkillSwitch, 0).index, ==, 2);
    g_assert_true(rfkill_table_find(table, 2)->soft);
    g_assert_false(rfkill_table_find(table, 5)->soft);

    g_assert_true(apply(table, 5, RFKILL_TYPE_WLAN, RFKILL_OP_CHANGE, 1, 1));
    g_assert_true(rfkill_table_find(table, 5)->soft && rfkill_table_find(table, 5)->hard);
    g_assert_true(apply_wlan(table, 2, RFKILL_OP_DEL, 0));
    g_assert_null(rfkill_table_find(table, 2));
}

static void test_what_changes_nothing(void)
{
    g_autoptr(RfkillTable) table = rfkill_table_new();
    const struct rfkill_event event = {1, RFKILL_TYPE_WLAN, RFKILL_OP_ADD, 0, 0};

    g_assert_false(rfkill_table_apply(table, &event, RFKILL_EVENT_SIZE_V1 - 1));
    g_assert_false(rfkill_table_apply(table, &event, 0));
    g_assert_false(apply(table, 1, RFKILL_TYPE_BLUETOOTH, RFKILL_OP_ADD, 0, 0));
    g_assert_false(apply_wlan(table, 1, RFKILL_OP_DEL, 0));
    g_assert_false(apply_wlan(table, 1, RFKILL_OP_CHANGE_ALL, 0));
    g_assert_false(apply_wlan(table, 1, 99, 0));
    g_assert_cmpuint(table->switches->len, ==, 0);

    g_assert_true(apply_wlan(table, 1, RFKILL_OP_ADD, 1));
    g_assert_false(apply_wlan(table, 1, RFKILL_OP_CHANGE, 7));
}

static void test_no_more_than_there_is_room_for(void)
{
    g_autoptr(RfkillTable) table = rfkill_table_new();

    for (guint32 i = 0; i < RFKILL_TABLE_MAX; i++)
        g_assert_true(apply_wlan(table, i, RFKILL_OP_ADD, 0));
    g_assert_false(apply_wlan(table, RFKILL_TABLE_MAX, RFKILL_OP_ADD, 0));
    g_assert_true(apply_wlan(table, 0, RFKILL_OP_CHANGE, 1));
}

static void test_links(void)
{
    static const struct {
        const char *link;
        const char *radio;
        const char *path;
    } rows[] = {
        {"../../devices/virtual/mac80211_hwsim/hwsim0/ieee80211/phy0/rfkill0", "phy0",
         "/devices/virtual/mac80211_hwsim/hwsim0/ieee80211/phy0"},
        {"../../devices/pci0000:00/ieee80211/living room/rfkill12", "living room",
         "/devices/pci0000:00/ieee80211/living room"},
        {"../../devices/platform/thinkpad_acpi/rfkill/rfkill1", NULL, NULL},
        {"../../devices/a/ieee80211/phy0", NULL, NULL},
        {"../../devices/rfkill0", NULL, NULL},
        {"../../devices/a/ieee80211//rfkill0", NULL, NULL},
        {"/devices/", NULL, NULL},
        {"rfkill0", NULL, NULL},
        {"", NULL, NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *radio = NULL, *path = NULL;

        g_assert_cmpint(rfkill_link_parse(rows[i].link, &radio, &path), ==, rows[i].radio != NULL);
        g_assert_cmpstr(radio, ==, rows[i].radio);
        g_assert_cmpstr(path, ==, rows[i].path);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rfkill-table/follows-events", test_follows_events);
    g_test_add_func("/rfkill-table/what-changes-nothing", test_what_changes_nothing);
    g_test_add_func("/rfkill-table/no-more-than-there-is-room-for",
                    test_no_more_than_there_is_room_for);
    g_test_add_func("/rfkill-table/links", test_links);
    return g_test_run();
}
