/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/look-pace.h"

#define AT_ONCE    4u
#define PER_SECOND 20u

typedef struct Fixture {
    sd_event *event;
    Enforcer enforcer;
    LookPace pace;
    guint n_asked;
} Fixture;

static void on_notify(Enforcer *enforcer, gpointer data)
{
    ((Fixture *)data)->n_asked++;
}

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_assert_cmpint(sd_event_new(&fixture->event), >=, 0);
    fixture->enforcer.notify = on_notify;
    fixture->enforcer.notify_data = fixture;
    look_pace_init(&fixture->pace, fixture->event, &fixture->enforcer, AT_ONCE, PER_SECOND);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    look_pace_clear(&fixture->pace);
    sd_event_unref(fixture->event);
}

/* Signs without end for so long, each of which is answered once it may be. */
static guint flood(Fixture *fixture, gint64 usec)
{
    const gint64 end = g_get_monotonic_time() + usec;
    guint n_looks = 0;

    while (g_get_monotonic_time() < end) {
        look_pace_note(&fixture->pace);
        g_assert_cmpint(sd_event_run(fixture->event, 1000), >=, 0);
        if (fixture->n_asked == 0)
            continue;
        fixture->n_asked = 0;
        look_pace_take(&fixture->pace);
        n_looks++;
    }
    return n_looks;
}

static void test_first_is_answered_at_once(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < AT_ONCE; i++) {
        const gint64 before = g_get_monotonic_time();
        look_pace_note(&fixture->pace);
        look_pace_note(&fixture->pace);
        g_assert_cmpuint(fixture->n_asked, ==, i + 1);
        g_assert_cmpint(look_pace_take(&fixture->pace), >=, before);
    }
    look_pace_note(&fixture->pace);
    g_assert_cmpuint(fixture->n_asked, ==, AT_ONCE);
}

static void test_flood_is_answered_at_a_bounded_rate(Fixture *fixture, gconstpointer data)
{
    const guint n_looks = flood(fixture, G_TIME_SPAN_SECOND);

    g_assert_cmpuint(n_looks, >, AT_ONCE);
    g_assert_cmpuint(n_looks, <=, AT_ONCE + PER_SECOND + 1);
}

static void test_what_is_put_off_comes(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < AT_ONCE; i++) {
        look_pace_note(&fixture->pace);
        look_pace_take(&fixture->pace);
    }
    fixture->n_asked = 0;
    look_pace_note(&fixture->pace);
    const gint64 deadline = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;
    while (fixture->n_asked == 0 && g_get_monotonic_time() < deadline)
        g_assert_cmpint(sd_event_run(fixture->event, 1000000), >=, 0);
    g_assert_cmpuint(fixture->n_asked, ==, 1);
}

static void test_looks_without_a_sign_are_free(Fixture *fixture, gconstpointer data)
{
    for (guint i = 0; i < 10 * AT_ONCE; i++)
        look_pace_take(&fixture->pace);
    look_pace_note(&fixture->pace);
    g_assert_cmpuint(fixture->n_asked, ==, 1);
}

static void test_can_be_asked_to_look_at_a_time(Fixture *fixture, gconstpointer data)
{
    const gint64 when = g_get_monotonic_time() + 50 * G_TIME_SPAN_MILLISECOND;

    look_pace_look_at(&fixture->pace, when);
    g_assert_cmpuint(fixture->n_asked, ==, 0);
    while (fixture->n_asked == 0)
        g_assert_cmpint(sd_event_run(fixture->event, 1000000), >=, 0);
    g_assert_cmpint(g_get_monotonic_time(), >=, when);
}

#define ADD(name, function)                                                                        \
    g_test_add("/look-pace/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("first-is-answered-at-once", test_first_is_answered_at_once);
    ADD("flood-is-answered-at-a-bounded-rate", test_flood_is_answered_at_a_bounded_rate);
    ADD("what-is-put-off-comes", test_what_is_put_off_comes);
    ADD("looks-without-a-sign-are-free", test_looks_without_a_sign_are_free);
    ADD("can-be-asked-to-look-at-a-time", test_can_be_asked_to_look_at_a_time);
    return g_test_run();
}
