/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/look-pace.h"

void look_pace_init(LookPace *pace, sd_event *event, Enforcer *enforcer, guint at_once,
                    guint per_second)
{
    *pace = (LookPace){
        .event = event,
        .enforcer = enforcer,
        .interval = G_TIME_SPAN_SECOND / per_second,
        .credit = (at_once - 1) * (G_TIME_SPAN_SECOND / per_second),
    };
}

void look_pace_clear(LookPace *pace)
{
    pace->later = sd_event_source_disable_unref(pace->later);
}

static int on_later(sd_event_source *source, uint64_t usec, void *data)
{
    LookPace *pace = data;

    enforcer_notify(pace->enforcer);
    return 0;
}

/* A look that cannot be put off is not put off. */
void look_pace_look_at(LookPace *pace, gint64 when)
{
    int r;

    if (!pace->later)
        r = sd_event_add_time(pace->event, &pace->later, CLOCK_MONOTONIC, (guint64)when, 1000,
                              on_later, pace);
    else if ((r = sd_event_source_set_time(pace->later, (guint64)when)) >= 0)
        r = sd_event_source_set_enabled(pace->later, SD_EVENT_ONESHOT);
    if (r < 0)
        enforcer_notify(pace->enforcer);
}

void look_pace_note(LookPace *pace)
{
    if (pace->noticed != 0)
        return;
    pace->noticed = g_get_monotonic_time();
    if (pace->noticed + pace->credit >= pace->paid_until)
        enforcer_notify(pace->enforcer);
    else
        look_pace_look_at(pace, pace->paid_until - pace->credit);
}

gint64 look_pace_take(LookPace *pace)
{
    const gint64 now = g_get_monotonic_time();
    const gint64 noticed = pace->noticed;

    if (pace->later)
        sd_event_source_set_enabled(pace->later, SD_EVENT_OFF);
    if (noticed != 0)
        pace->paid_until = MAX(pace->paid_until, now) + pace->interval;
    pace->noticed = 0;
    return noticed != 0 ? noticed : now;
}
