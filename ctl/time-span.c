/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/time-span.h"

#include <string.h>

G_DEFINE_QUARK(secpolctl_time_span_error, time_span_error)

#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const struct {
    const char *name;
    guint seconds;
} units[] = {
    {"", 1},       {"s", 1},        {"sec", 1},         {"second", 1},       {"seconds", 1},
    {"m", MINUTE}, {"min", MINUTE}, {"minute", MINUTE}, {"minutes", MINUTE}, {"h", HOUR},
    {"hr", HOUR},  {"hour", HOUR},  {"hours", HOUR},    {"d", DAY},          {"day", DAY},
    {"days", DAY},
};

/* Seconds in the unit, 0 where there is none of this name. */
static guint unit_seconds(const char *name, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i].name) == length && strncmp(units[i].name, name, length) == 0) {
            return units[i].seconds;
        }
    }
    return 0;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* Reads a number and its unit off the text's start and adds them to @total, which stays small
 * enough to be added to again. Returns the rest of the text, or NULL. */
static const char *add_term(const char *text, guint64 *total)
{
    if (!g_ascii_isdigit(*text)) {
        return NULL;
    }
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 10);
    const char *unit = skip_blanks(end);
    gsize length = 0;
    while (g_ascii_isalpha(unit[length])) {
        length++;
    }
    guint seconds = unit_seconds(unit, length);
    if (seconds == 0 || number > TIME_SPAN_MAX_SECONDS) {
        return NULL;
    }
    *total += number * seconds;
    return *total > TIME_SPAN_MAX_SECONDS ? NULL : skip_blanks(unit + length);
}

gboolean time_span_parse(const char *text, guint *ret_seconds, GError **error)
{
    guint64 total = 0;
    const char *rest = skip_blanks(text);
    do {
        rest = add_term(rest, &total);
    } while (rest && *rest);
    if (!rest || total < TIME_SPAN_MIN_SECONDS) {
        g_set_error(error, TIME_SPAN_ERROR, TIME_SPAN_ERROR_INVALID,
                    "a time from 1s to 1d, such as 60s or 5min, not \"%s\"", text);
        return FALSE;
    }
    *ret_seconds = (guint)total;
    return TRUE;
}
