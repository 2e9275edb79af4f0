/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Has the service manager stop, start, reload and restart units, several at a time. */
#pragma once

#include "agent/unit-control.h"

typedef enum UnitVerb {
    UNIT_STOP,
    UNIT_START,
    UNIT_RELOAD,  /* restarts what cannot reload; nothing where it does not run */
    UNIT_RESTART, /* nothing where it does not run */
} UnitVerb;

typedef struct UnitJob {
    char *unit;
    UnitVerb verb;
    GError *error; /* NULL: it ended well */
    char *path;    /* of the manager's job, while it is waited for; otherwise NULL */
} UnitJob;

/* An empty list; element type UnitJob. Free with g_ptr_array_unref(). */
GPtrArray *unit_jobs_new(void);
UnitJob *unit_jobs_add(GPtrArray *jobs, const char *unit, UnitVerb verb);

/* Gives all to the manager at once and waits until each has ended, at most UNIT_CONTROL_JOB_SEC
 * seconds. */
void unit_jobs_run(UnitControl *control, GPtrArray *jobs);

/* A single one. */
gboolean unit_job_run(UnitControl *control, const char *unit, UnitVerb verb, GError **error);
