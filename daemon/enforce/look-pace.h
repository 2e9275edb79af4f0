/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often an enforcer looks again on account of signs that anybody may cause. Each such look is
 * paid for with a fixed time, some of which there is on credit: what happens now and then is
 * answered at once, and a flood at a bounded rate, so that it cannot keep the daemon from its other
 * work.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/enforcer.h"

typedef struct LookPace {
    sd_event *event;    /* borrowed */
    Enforcer *enforcer; /* borrowed; notified when it is time to look */
    gint64 interval;    /* microseconds that a look is paid for with */
    gint64 credit;      /* microseconds */
    gint64 noticed; /* CLOCK_MONOTONIC microseconds of the first sign since the last look, or 0 */
    gint64 paid_until; /* CLOCK_MONOTONIC microseconds */
    sd_event_source *later;
} LookPace;

/* @at_once looks without a pause, and then @per_second; both are at least 1. */
void look_pace_init(LookPace *pace, sd_event *event, Enforcer *enforcer, guint at_once,
                    guint per_second);
void look_pace_clear(LookPace *pace);

/* There was a sign. */
void look_pace_note(LookPace *pace);

/* The enforcer looks now, for whatever reason. Returns since when there was a sign: now, where
 * there was none. */
gint64 look_pace_take(LookPace *pace);

/* Look at this time (CLOCK_MONOTONIC microseconds), if not before. */
void look_pace_look_at(LookPace *pace, gint64 when);
