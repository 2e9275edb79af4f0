/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An enforcer at work: its last report, and the next attempt after a failure. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/enforcer.h"

typedef struct Worker Worker;

/* Called when the enforcer says "look again" or a retry is due. */
typedef void (*WorkerDue)(gpointer data);

struct Worker {
    Enforcer *enforcer;
    EnforcerReport *report; /* of the last pass; empty before the first */
    char *failure;          /* why the last pass could not be made; NULL: it could */
    guint64 verified;       /* CLOCK_REALTIME microseconds of the last pass that could; 0: none */
    gboolean due;
    WorkerDue on_due;
    gpointer on_due_data;
    sd_event *event;
    sd_event_source *retry;
    guint64 retry_usec; /* the present delay; 0: nothing to retry */
};

/* Takes @enforcer, borrows @event. */
Worker *worker_new(sd_event *event, Enforcer *enforcer, WorkerDue on_due, gpointer data);
void worker_free(Worker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)

/* One pass of the enforcer. Where it fails, or leaves a problem or something that does not hold,
 * the next attempt is scheduled: after 100 ms at first, then twice as long each time, 30 s at most.
 */
void worker_run(Worker *worker, const Plan *plan);

const char *worker_name(const Worker *worker);

/* Whether the enforcer answers for the kernel effect of the item. */
gboolean worker_covers(const Worker *worker, guint item);
