/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/time-span.h"

static void test_accepted(void)
{
    static const struct {
        const char *text;
        guint seconds;
    } spans[] = {
        {"1", 1},       {"60", 60},         {"60s", 60},         {" 60 sec ", 60},
        {"1second", 1}, {"5m", 300},        {"5min", 300},       {"2 minutes", 120},
        {"1h", 3600},   {"1h 30min", 5400}, {"1h30min1s", 5401}, {"24 hours", 86400},
        {"1d", 86400},  {"0h 1s", 1},       {"0060", 60},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(spans); i++) {
        g_autoptr(GError) error = NULL;
        guint seconds = 0;
        g_assert_true(time_span_parse(spans[i].text, &seconds, &error));
        g_assert_no_error(error);
        g_assert_cmpuint(seconds, ==, spans[i].seconds);
    }
}

static void test_refused(void)
{
    static const char *const texts[] = {
        "",         " ",
        "0",        "0s",
        "s",        "-1",
        "+1",       "1.5h",
        "1x",       "60ms",
        "86401",    "1d 1s",
        "2d",       "1h,",
        "1h -",     "1S",
        "infinity", "18446744073709551616",
        "1mins",    "1h30m x",
        "1 1h 24h", "18446744073709551615d",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        guint seconds = 77;
        g_assert_false(time_span_parse(texts[i], &seconds, &error));
        g_assert_error(error, TIME_SPAN_ERROR, TIME_SPAN_ERROR_INVALID);
        g_assert_cmpuint(seconds, ==, 77);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/time-span/accepted", test_accepted);
    g_test_add_func("/time-span/refused", test_refused);
    return g_test_run();
}
