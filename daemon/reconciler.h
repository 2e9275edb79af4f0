/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reconciler keeps the machine at the plan. It runs the enforcers, in the order they were
 * added, whenever the plan changes or one of them says "look again"; retries with backoff what
 * failed; and works out the state of every item and setting from what was read back.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/settings.h"

typedef struct Reconciler Reconciler;

/* Who wants to know. Called after the states are consistent again; any member may be NULL. */
typedef struct ReconcilerObserver {
    /* Something about the item may have changed: what the plan asks, or its state. */
    void (*item_changed)(guint item, gpointer data);
    /* After the last item_changed() of a pass that read back or counted reports; not where a new
     * plan was the cause. */
    void (*states_changed)(gpointer data);
    /* Something about settings may have changed: demands, reports or states. */
    void (*settings_changed)(gpointer data);
    void (*problems_changed)(gpointer data);
    /* @effect is the enforcer's name, or "settings". */
    void (*violation)(guint item, const char *effect, const char *detail, gpointer data);
    /* @usec: from the first sign of the violation to the read-back of the repair. */
    void (*repaired)(guint item, const char *effect, const char *detail, guint64 usec,
                     gpointer data);
} ReconcilerObserver;

/* Borrows @event, which has to outlive the reconciler; takes its own reference of @plan. */
Reconciler *reconciler_new(sd_event *event, Plan *plan, GError **error);
void reconciler_free(Reconciler *reconciler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reconciler, reconciler_free)

/* Takes @enforcer. Add all of them before the first run. */
void reconciler_add(Reconciler *reconciler, Enforcer *enforcer);
void reconciler_observe(Reconciler *reconciler, const ReconcilerObserver *observer, gpointer data);

/* Replaces the plan and runs every enforcer. On return each kernel effect was tried and read
 * back. */
void reconciler_set_plan(Reconciler *reconciler, Plan *plan);

/* Looks at everything again now, and repairs what differs. */
void reconciler_verify(Reconciler *reconciler);

/* Files all claims of an agent, or none: fails as settings_check_report() does. The states follow
 * before the next message from the bus is handled. */
gboolean reconciler_report(Reconciler *reconciler, const SettingsAgent *agent,
                           const SettingsClaim *claims, gsize n_claims, GError **error);

/* Drops the reports of a connection that has left the bus; NULL: of all, the bus itself is gone. */
void reconciler_forget(Reconciler *reconciler, const char *connection);

/* All borrowed, and good until control returns to the event loop. */
Plan *reconciler_plan(const Reconciler *reconciler);
const Settings *reconciler_settings(const Reconciler *reconciler);
const ItemStatus *reconciler_item(const Reconciler *reconciler, guint item);

/* Sentences on what degrades the device as a whole; NULL-terminated. */
const char *const *reconciler_problems(const Reconciler *reconciler);

/* CLOCK_REALTIME microseconds when the item's effects were last read back; 0: never. */
guint64 reconciler_verified(const Reconciler *reconciler, guint item);
