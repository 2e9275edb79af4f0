/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/damper.h"

#define SECOND G_USEC_PER_SEC

static void test_war(void)
{
    g_autoptr(Damper) damper = damper_new();
    gint64 now = 1000 * SECOND;
    guint repairs = 0;

    /* Somebody who never gives up, for a day. */
    for (guint i = 0; i < 24 * 60 * 60; i++, now += SECOND)
        repairs += damper_repair(damper, "/etc/x", now);
    g_assert_cmpuint(repairs, >, 40);
    g_assert_cmpuint(repairs, <, 60);
}

static void test_waiting(void)
{
    g_autoptr(Damper) damper = damper_new();
    const gint64 now = 1000 * SECOND;

    for (guint i = 0; i < DAMPER_FREE_REPAIRS; i++)
        g_assert_true(damper_repair(damper, "/etc/x", now + i));
    g_assert_cmpint(damper_next(damper, now), ==, G_MAXINT64);
    g_assert_false(damper_repair(damper, "/etc/x", now + 5));
    g_assert_true(damper_is_waiting(damper, "/etc/x", now + 5));
    g_assert_true(damper_repair(damper, "/etc/y", now + 5));

    const gint64 due = now + DAMPER_FREE_REPAIRS - 1 + DAMPER_FIRST_WAIT_USEC;
    g_assert_cmpint(damper_next(damper, now + 5), ==, due);
    g_assert_false(damper_is_waiting(damper, "/etc/x", due));
    g_assert_true(damper_repair(damper, "/etc/x", due));
    g_assert_false(damper_repair(damper, "/etc/x", due + DAMPER_FIRST_WAIT_USEC));
    g_assert_true(damper_repair(damper, "/etc/x", due + 2 * DAMPER_FIRST_WAIT_USEC));
}

static void test_peace(void)
{
    g_autoptr(Damper) damper = damper_new();
    gint64 now = 1000 * SECOND;

    for (guint i = 0; i < DAMPER_FREE_REPAIRS; i++)
        damper_repair(damper, "/etc/x", now);
    now += DAMPER_FIRST_WAIT_USEC + DAMPER_PEACE_USEC + 1;
    for (guint i = 0; i < DAMPER_FREE_REPAIRS; i++)
        g_assert_true(damper_repair(damper, "/etc/x", now + i));
    g_assert_false(damper_repair(damper, "/etc/x", now + SECOND));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/damper/war", test_war);
    g_test_add_func("/damper/waiting", test_waiting);
    g_test_add_func("/damper/peace", test_peace);
    return g_test_run();
}
