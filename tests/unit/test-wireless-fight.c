/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-fight.h"

#define BEGIN (1000 * G_TIME_SPAN_SECOND)

/* So many stops with this pause between them; returns when the last was. */
static gint64 stop(WirelessFight *fight, WirelessUse use, guint n, gint64 pause)
{
    gint64 now = BEGIN;

    for (guint i = 0; i < n; i++) {
        now = BEGIN + (gint64)i * pause;
        wireless_fight_note(fight, use, now);
    }
    return now;
}

static void test_tries_with_pauses_are_none(void)
{
    WirelessFight fight = {0};
    const gint64 pause = G_TIME_SPAN_SECOND / WIRELESS_FIGHT_STOPS_PER_SECOND;
    const gint64 now = stop(&fight, WIRELESS_USE_LAN, 1000, pause);

    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_NONE);
}

static void test_more_than_the_limit_in_a_second(void)
{
    WirelessFight fight = {0};
    gint64 now = stop(&fight, WIRELESS_USE_LAN, WIRELESS_FIGHT_STOPS_PER_SECOND, 1);

    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_NONE);
    wireless_fight_note(&fight, WIRELESS_USE_NONE, now);
    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_NONE);
    wireless_fight_note(&fight, WIRELESS_USE_LAN, ++now);
    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_LAN);
    wireless_fight_note(&fight, WIRELESS_USE_DIRECT, ++now);
    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_ANY);
}

/* However long it was. */
static void test_is_over_after_a_pause(void)
{
    WirelessFight fight = {0};
    gint64 now = stop(&fight, WIRELESS_USE_LAN, 10000, 12 * G_TIME_SPAN_MILLISECOND);

    g_assert_cmpuint(wireless_fight_uses(&fight, now + WIRELESS_FIGHT_PAUSE_USEC - 1), ==,
                     WIRELESS_USE_LAN);
    now += WIRELESS_FIGHT_PAUSE_USEC;
    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_NONE);
    wireless_fight_note(&fight, WIRELESS_USE_DIRECT, now);
    g_assert_cmpuint(wireless_fight_uses(&fight, now), ==, WIRELESS_USE_NONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wireless-fight/tries-with-pauses-are-none", test_tries_with_pauses_are_none);
    g_test_add_func("/wireless-fight/more-than-the-limit-in-a-second",
                    test_more_than_the_limit_in_a_second);
    g_test_add_func("/wireless-fight/is-over-after-a-pause", test_is_over_after_a_pause);
    return g_test_run();
}
