/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/unit/wireless-maker.h"

#define D WIRELESS_USE_DIRECT
#define L WIRELESS_USE_LAN
#define A WIRELESS_USE_ANY

/* Types of interfaces, as text. */
#define STATION "2"
#define AP      "3"
#define MONITOR "6"
#define MESH    "7"
#define CLIENT  "8"
#define OWNER   "9"
#define P2P     "10"

/* A radio with a station, one with an access point. */
#define TWO_RADIOS                                                                                 \
    "radio phy0 4\nlink wlan0 0 " STATION " up\nradio phy1 5\nlink wlan1 1 " AP " up\n"
#define WDEV_1_AP "4294967300 3"

typedef enum Place {
    HERE,  /* in a network namespace of its own */
    WHOLE, /* in the first */
    FIRST, /* in the first, where the kernel blocks new radios by itself */
} Place;

typedef struct Case {
    const char *name;
    WirelessUse prohibited;
    Place place;
    const char *profile; /* lists of radios: "exempt=a direct=b lan=c", one each at most */
    const char *system;
    const char *record; /* lines */
    const char *expected;
} Case;

static const Case cases[] = {
    {"nothing-prohibited", 0, WHOLE, "", TWO_RADIOS, "", ""},
    {"direct-stops-the-access-point", D, WHOLE, "", TWO_RADIOS, "", "down 4 +link " WDEV_1_AP},
    {"lan-stops-the-station", L, WHOLE, "", TWO_RADIOS, "", "down 2 +link 2 2"},
    {"both-on-one-radio", D, WHOLE, "",
     "radio phy0 4\nlink wlan0 0 " STATION " up\nlink ap0 0 " AP " up", "", "down 3 +link 3 3"},
    {"down-already", A &D, WHOLE, "", "radio phy0 4\nlink ap0 0 " AP " down", "", ""},
    {"group-owner-and-client", D, WHOLE, "",
     "radio phy0 4\nlink a 0 " OWNER " up\nlink b 0 " CLIENT " up", "",
     "down 2 +link 2 9; down 3 +link 3 8"},
    {"device-without-interface", D, WHOLE, "", "radio phy0 4\ndevice 0 " P2P, "", "delete 2"},
    {"device-is-no-lan", L, WHOLE, "", "radio phy0 4\ndevice 0 " P2P, "", ""},
    {"mesh-is-lan", L, WHOLE, "", "radio phy0 4\nlink m 0 " MESH " up", "", "down 2 +link 2 7"},
    {"monitor-is-either", D, WHOLE, "", "radio phy0 4\nlink m 0 " MONITOR " up", "",
     "down 2 +link 2 6"},
    {"unknown-type-is-either", L, WHOLE, "", "radio phy0 4\ndevice 0 77", "", "delete 2"},

    {"both-block-every-radio", A, WHOLE, "", TWO_RADIOS, "",
     "block-all +blocked-all; down 2 +link 2 2; down 4 +link " WDEV_1_AP},
    {"both-block-radios-to-come", A, WHOLE, "", "", "", "block-all +blocked-all"},
    {"both-and-done", A, WHOLE, "", "radio phy0 4 soft\nlink wlan0 0 " STATION " down",
     "blocked-all\nlink 2 2", ""},
    {"blocked-device-may-stay", A, WHOLE, "", "radio phy0 4 soft\ndevice 0 " P2P, "blocked-all",
     ""},
    {"both-in-a-namespace", A, HERE, "", TWO_RADIOS, "",
     "block 4 +blocked 4; block 5 +blocked 5; down 2 +link 2 2; down 4 +link " WDEV_1_AP},
    {"new-radios-come-blocked-anyway", A, FIRST, "", "radio phy0 4", "", "block 4 +blocked 4"},
    {"foreign-block-is-remembered", A, WHOLE, "", "radio phy0 4 soft\nradio phy1 5", "",
     "record +foreign 4; block-all +blocked-all"},
    {"own-block-is-not-foreign", A, WHOLE, "", "radio phy0 4 soft", "blocked 4",
     "block-all +blocked-all"},
    {"radio-that-came-blocked-is-not-foreign", A, WHOLE, "", "radio phy0 4 soft\nradio phy1 9 soft",
     "blocked-all", ""},
    {"unblocked-by-another", A, WHOLE, "", "radio phy0 4\nradio phy1 5 soft", "blocked-all",
     "block-all +blocked-all"},
    {"foreign-unblocked-by-another-is-ours", A, WHOLE, "", "radio phy0 4\nradio phy1 5 soft",
     "blocked-all\nforeign 4", "record -foreign 4; block-all +blocked-all"},
    {"key-counts", A, WHOLE, "", "key 7\nradio phy0 4 soft", "blocked-all",
     "block-all +blocked-all"},
    {"hard-block-is-none-of-software", A, HERE, "", "radio phy0 4 hard", "", "block 4 +blocked 4"},

    {"lift-single", 0, HERE, "", "radio phy0 4 soft\nlink wlan0 0 " STATION " down",
     "blocked 4\nlink 2 2", "unblock 4 -blocked 4; up 2 -link 2 2"},
    {"lift-all", 0, WHOLE, "", "radio phy0 4 soft\nlink wlan0 0 " STATION " down",
     "blocked-all\nlink 2 2", "unblock-all -blocked-all; up 2 -link 2 2"},
    {"lift-all-but-foreign", 0, WHOLE, "",
     "radio phy0 4 soft\nradio phy1 5 soft\nlink w 1 " STATION " down",
     "blocked-all\nforeign 5\nlink 4294967299 2",
     "unblock-all -blocked-all; block 5 -foreign 5; record -link 4294967299 2"},
    {"lift-foreign-that-is-gone", 0, WHOLE, "", "radio phy0 4 soft", "blocked-all\nforeign 5",
     "unblock-all -blocked-all; record -foreign 5"},
    {"lift-was-cut-short-before-foreign", 0, WHOLE, "",
     "radio phy0 4\nradio phy1 5\nlink w 1 " STATION " down",
     "blocked-all\nforeign 5\nlink 4294967299 2",
     "unblock-all -blocked-all; block 5 -foreign 5; record -link 4294967299 2"},
    {"lift-foreign-that-was-refused", 0, WHOLE, "", "radio phy0 4\nradio phy1 5", "foreign 5",
     "block 5 -foreign 5"},
    {"lift-leaves-foreign-block", 0, HERE, "", "radio phy0 4 soft\nlink wlan0 0 " STATION " down",
     "link 2 2", "record -link 2 2"},
    {"lift-what-somebody-unblocked", 0, HERE, "", "radio phy0 4", "blocked 4", "record -blocked 4"},
    {"lift-radio-that-is-gone", 0, HERE, "", "", "blocked 4\nlink 2 2",
     "record -blocked 4; record -link 2 2"},
    {"lift-link-that-is-up", 0, WHOLE, "", "radio phy0 4\nlink wlan0 0 " STATION " up", "link 2 2",
     "record -link 2 2"},
    {"lift-link-of-another-type", 0, WHOLE, "", "radio phy0 4\nlink wlan0 0 " STATION " down",
     "link 2 3", "record -link 2 3"},
    {"lift-link-under-hard-block", 0, WHOLE, "", "radio phy0 4 hard\nlink wlan0 0 " STATION " down",
     "link 2 2", "record -link 2 2"},
    {"lift-only-lan", D, WHOLE, "",
     "radio phy0 4\nlink wlan0 0 " STATION " down\nlink ap0 0 " AP " down", "link 2 2\nlink 3 3",
     "up 2 -link 2 2"},
    {"from-both-to-direct", D, WHOLE, "",
     "radio phy0 4 soft\nlink wlan0 0 " STATION " down\ndevice 0 " P2P, "blocked-all\nlink 2 2",
     "unblock-all -blocked-all; delete 3; up 2 -link 2 2"},
    {"from-direct-to-both", A, HERE, "", "radio phy0 4\nlink ap0 0 " AP " down", "link 2 3",
     "block 4 +blocked 4"},
    {"exemption-comes", A, WHOLE, "exempt=phy1", "radio phy0 4 soft\nradio phy1 5 soft",
     "blocked-all", "unblock-all -blocked-all; block 4 +blocked 4"},
    {"exemption-goes", A, WHOLE, "", "radio phy0 4 soft\nradio phy1 5", "blocked 4",
     "block-all +blocked-all"},

    {"exempt-radio", A, WHOLE, "exempt=phy1", TWO_RADIOS, "",
     "block 4 +blocked 4; down 2 +link 2 2"},
    {"exempt-by-path", D, WHOLE, "exempt=/devices/phy1", TWO_RADIOS, "", ""},
    {"exempt-pattern-for-a-radio-to-come", A, WHOLE, "exempt=phy9", "radio phy0 4", "",
     "block 4 +blocked 4"},
    {"every-use-is-lan", D, WHOLE, "lan=phy1", TWO_RADIOS, "", ""},
    {"every-use-is-lan-and-prohibited", L, WHOLE, "lan=phy1", TWO_RADIOS, "",
     "block 5 +blocked 5; down 2 +link 2 2; down 4 +link " WDEV_1_AP},
    {"every-use-is-direct", D, WHOLE, "direct=phy0", TWO_RADIOS, "",
     "block 4 +blocked 4; down 2 +link 2 2; down 4 +link " WDEV_1_AP},
    {"both-lists-both-items", L, WHOLE, "direct=phy0 lan=phy0", "radio phy0 4", "",
     "block 4 +blocked 4"},

    {"elsewhere-blocked", L, WHOLE, "", "radio phy0 4 elsewhere", "", "block 4 +blocked 4"},
    {"elsewhere-is-others-in-a-namespace", A, HERE, "", "radio phy0 4 elsewhere", "", ""},
    {"elsewhere-but-known-to-be-allowed", L, WHOLE, "direct=phy0", "radio phy0 4 elsewhere", "",
     ""},
    {"elsewhere-exempt", L, WHOLE, "exempt=phy0", "radio phy0 4 elsewhere", "", ""},
    {"elsewhere-back", D, WHOLE, "", "radio phy0 4 soft\nlink wlan0 0 " STATION " down",
     "blocked 4\nlink 2 2", "unblock 4 -blocked 4; up 2 -link 2 2"},
    {"left-the-namespace", A, HERE, "", "radio phy0 4 soft elsewhere", "blocked 4",
     "unblock 4 -blocked 4"},
    {"link-of-a-radio-elsewhere-may-come-back", L, WHOLE, "", "radio phy0 4 soft elsewhere",
     "blocked 4\nlink 2 2", ""},
    {"link-that-was-deleted", L, WHOLE, "", "radio phy0 4", "link 2 2", "record -link 2 2"},

    {"no-switch", A, WHOLE, "", "radio phy0 -\nlink wlan0 0 " STATION " up\ndevice 0 " P2P,
     "blocked-all", "down 2 +link 2 2; delete 3"},
    {"no-rfkill", A, WHOLE, "",
     "no-rfkill\nradio phy0 4\nlink wlan0 0 " STATION " up\n"
     "device 0 " P2P,
     "", "down 3 +link 3 2; delete 4"},
    {"no-rfkill-keeps-what-was-blocked", 0, HERE, "", "no-rfkill\nradio phy0 -",
     "blocked 4\nforeign 5", ""},
    {"no-rfkill-any-more", 0, WHOLE, "", "no-rfkill\nradio phy0 -", "blocked-all", ""},
};

/* The list of that name in the profile, as patterns. */
static GStrv list_of(const Case *row, const char *name)
{
    g_auto(GStrv) words = g_strsplit(row->profile, " ", -1);
    g_autofree char *prefix = g_strconcat(name, "=", NULL);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (guint i = 0; words[i]; i++)
        if (g_str_has_prefix(words[i], prefix))
            g_strv_builder_add(list, words[i] + strlen(prefix));
    return g_strv_builder_end(list);
}

static void test_case(gconstpointer data)
{
    const Case *row = data;
    g_auto(GStrv) exempt = list_of(row, "exempt");
    g_auto(GStrv) direct = list_of(row, "direct");
    g_auto(GStrv) lan = list_of(row, "lan");
    const WirelessRules rules = {
        .prohibited = row->prohibited,
        .exempt = (const char *const *)exempt,
        .direct = (const char *const *)direct,
        .lan = (const char *const *)lan,
        .whole_device = row->place != HERE,
        .first_blocked = row->place == FIRST,
    };
    g_autoptr(WirelessSystem) system = make_system(row->system);
    g_auto(GStrv) lines = g_strsplit(row->record, "\n", -1);
    g_autoptr(GArray) record = wireless_record_parse((const char *const *)lines);
    g_autoptr(GArray) actions = wireless_decide(system, &rules, record);
    g_autofree char *text = actions_to_string(actions);

    g_assert_cmpstr(text, ==, row->expected);
}

/* What people are told was stopped. */
static void test_found(void)
{
    static const char *const none[] = {NULL};
    const WirelessRules rules = {D, none, none, none, TRUE, FALSE};
    g_autoptr(WirelessSystem) system =
        make_system("radio phy0 4\nlink ap0 0 " AP " up\ndevice 0 " P2P);
    g_autoptr(GArray) record = wireless_record_parse(none);
    g_autoptr(GArray) actions = wireless_decide(system, &rules, record);

    g_assert_cmpuint(actions->len, ==, 2);
    g_assert_cmpstr(g_array_index(actions, WirelessAction, 0).found, ==,
                    "ap0: access point was up");
    g_assert_cmpstr(g_array_index(actions, WirelessAction, 1).found, ==,
                    "phy0: Wi-Fi Direct device was there");
    g_assert_cmpuint(g_array_index(actions, WirelessAction, 0).uses, ==, D);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/wireless-decision/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/wireless-decision/found", test_found);
    return g_test_run();
}
