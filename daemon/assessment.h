/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of an item, worked out from what the enforcers read back and the agents reported. */
#pragma once

#include "daemon/enforce/settings.h"
#include "daemon/worker.h"

typedef struct Assessment {
    ItemStatus status;
    guint64 verified;   /* CLOCK_REALTIME microseconds of the youngest evidence; 0: none */
    const char *effect; /* what a violated state is due to: an enforcer's name or "settings" */
} Assessment;

/* @workers: element type Worker. Free the result with assessment_clear(). */
void assessment_make(const GPtrArray *workers, const Settings *settings, const Plan *plan,
                     guint item, Assessment *ret_assessment);
void assessment_clear(Assessment *assessment);

/* Whether two assessments would be published alike; the time of verification does not count. */
gboolean assessment_equal(const Assessment *a, const Assessment *b);
