/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-carried.h"

#include <glib/gstdio.h>

#include "tests/unit/wireless-maker.h"

static const char *const none[] = {NULL};

typedef struct Fixture {
    char *directory;
    RunRecord *record;
    RunRecord *carried;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->directory = g_dir_make_tmp("secpold-test-XXXXXX", NULL);
    fixture->record = run_record_new(fixture->directory, "record");
    fixture->carried = run_record_new(fixture->directory, "carried");
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    run_record_free(fixture->record);
    run_record_free(fixture->carried);
    g_assert_no_errno(g_rmdir(fixture->directory));
    g_free(fixture->directory);
}

/* In the maker's systems, the device of every radio is "/devices". */
static WirelessSystem *make_on(const char *text, const char *device)
{
    WirelessSystem *system = make_system(text);

    for (guint i = 0; i < system->radios->len; i++) {
        WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        g_free(radio->path);
        radio->path = g_strdup_printf("%s/%u/ieee80211/%s", device, i, radio->name);
    }
    return system;
}

static void update(const Fixture *fixture, const char *text, WirelessUse prohibited)
{
    const WirelessRules rules = {prohibited, none, none, none, TRUE, FALSE};
    g_autoptr(WirelessSystem) system = make_on(text, "/devices/card");

    wireless_carried_update(fixture->carried, system, &rules, fixture->record);
}

static void assert_lines(const RunRecord *record, const char *expected)
{
    g_auto(GStrv) lines = run_record_lines(record);
    g_autofree char *text = g_strjoinv("; ", lines);

    g_assert_cmpstr(text, ==, expected);
}

static void test_names_what_secpold_has_blocked(Fixture *fixture, gconstpointer data)
{
    run_record_add(fixture->record, "blocked 4");
    update(fixture, "radio phy0 4 soft\nradio phy1 5 soft\nradio phy2 -", WIRELESS_USE_ANY);
    assert_lines(fixture->carried, "/devices/card/0/ieee80211");

    run_record_add(fixture->record, "blocked-all");
    run_record_add(fixture->record, "foreign 5");
    update(fixture, "radio phy0 4 soft\nradio phy1 5 soft\nradio phy2 6 soft", WIRELESS_USE_ANY);
    assert_lines(fixture->carried, "/devices/card/0/ieee80211; /devices/card/2/ieee80211");

    update(fixture, "no-rfkill\nradio phy0 -", WIRELESS_USE_NONE);
    assert_lines(fixture->carried, "/devices/card/0/ieee80211; /devices/card/2/ieee80211");
    update(fixture, "radio phy0 4\nradio phy1 5", WIRELESS_USE_DIRECT);
    assert_lines(fixture->carried, "/devices/card/2/ieee80211");
    update(fixture, "radio phy0 4 soft", WIRELESS_USE_NONE);
    assert_lines(fixture->carried, "");
}

static void test_two_radios_of_one_device(Fixture *fixture, gconstpointer data)
{
    const WirelessRules rules = {WIRELESS_USE_ANY, none, none, none, TRUE, FALSE};
    g_autoptr(WirelessSystem) system = make_system("radio phy0 4 soft\nradio phy1 5");

    run_record_add(fixture->record, "blocked 4");
    wireless_carried_update(fixture->carried, system, &rules, fixture->record);
    assert_lines(fixture->carried, "/devices");
}

/* After a reboot, names and numbers are others. */
static void test_adopts_what_came_back(Fixture *fixture, gconstpointer data)
{
    g_autoptr(WirelessSystem) system = make_on(
        "radio phy7 20 soft\nradio phy8 21 soft\nradio phy9 22\nradio phy10 -", "/devices/card");

    run_record_add(fixture->carried, "/devices/card/0/ieee80211");
    run_record_add(fixture->carried, "/devices/card/2/ieee80211");
    run_record_add(fixture->carried, "/devices/card/3/ieee80211");
    wireless_carried_adopt(fixture->carried, system, FALSE, fixture->record);
    assert_lines(fixture->record, "blocked 20");
}

static void test_what_others_blocked_in_this_boot_is_theirs(Fixture *fixture, gconstpointer data)
{
    g_autoptr(WirelessSystem) system = make_on("radio phy7 20 soft", "/devices/card");

    run_record_add(fixture->carried, "/devices/card/0/ieee80211");
    run_record_add(fixture->record, "foreign 20");
    wireless_carried_adopt(fixture->carried, system, FALSE, fixture->record);
    assert_lines(fixture->record, "foreign 20");
    /* Unless that was said without knowing. */
    wireless_carried_adopt(fixture->carried, system, TRUE, fixture->record);
    assert_lines(fixture->record, "blocked 20");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*function)(Fixture *fixture, gconstpointer data);
    } tests[] = {
        {"/wireless-carried/names-what-secpold-has-blocked", test_names_what_secpold_has_blocked},
        {"/wireless-carried/two-radios-of-one-device", test_two_radios_of_one_device},
        {"/wireless-carried/adopts-what-came-back", test_adopts_what_came_back},
        {"/wireless-carried/what-others-blocked-in-this-boot-is-theirs",
         test_what_others_blocked_in_this_boot_is_theirs},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
    return g_test_run();
}
