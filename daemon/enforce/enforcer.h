/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every enforcement mechanism looks like to the reconciler. An enforcer compares what is with
 * what the plan asks for, acts on the difference, reads back, and reports one finding for each
 * active item it has an effect for. Enforcers do not know each other.
 */
#pragma once

#include "daemon/policy/item-state.h"

typedef struct Enforcer Enforcer;

/* Something had been in force and was found changed by someone else. */
typedef struct Drift {
    guint item;
    char *detail;      /* what was found: "table secpold was missing" */
    gint64 noticed;    /* CLOCK_MONOTONIC microseconds of the first sign */
    gboolean repaired; /* read back as true again in the same pass */
} Drift;

typedef struct EnforcerReport {
    GArray *findings;    /* element type Finding */
    GArray *drifts;      /* element type Drift */
    GPtrArray *problems; /* element type char: sentences on what degrades the whole device */
} EnforcerReport;

EnforcerReport *enforcer_report_new(void);
void enforcer_report_free(EnforcerReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnforcerReport, enforcer_report_free)

/* Of a longer detail or problem the rest is cut. */
#define ENFORCER_DETAIL_MAX_BYTES 1024

/* @detail is a printf format, or NULL. What it makes is kept as text_sanitize() leaves it: the
 * kernel takes any bytes for the name of a chain or an interface, D-Bus and terminals do not. */
void enforcer_report_finding(EnforcerReport *report, guint item, Verdict verdict,
                             const char *detail, ...) G_GNUC_PRINTF(4, 5);
void enforcer_report_drift(EnforcerReport *report, guint item, gint64 noticed, gboolean repaired,
                           const char *detail, ...) G_GNUC_PRINTF(5, 6);
void enforcer_report_problem(EnforcerReport *report, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef struct EnforcerClass {
    const char *name; /* the effect's name in signals and messages: "firewall" */
    guint effects;    /* bit mask of 1 << KernelEffect that it has findings for */

    /* Makes the machine follow @plan. FALSE where it could not even look or act: the reconciler
     * tries again with backoff, and all items with one of @effects are violated until then. */
    gboolean (*reconcile)(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error);
    void (*free)(Enforcer *enforcer);
} EnforcerClass;

/* Called by an enforcer when something it watches has changed: "look again". Cheap; may be called
 * any number of times, also from within reconcile(). */
typedef void (*EnforcerNotify)(Enforcer *enforcer, gpointer data);

struct Enforcer {
    const EnforcerClass *class;
    EnforcerNotify notify; /* set by the reconciler */
    gpointer notify_data;
};

void enforcer_free(Enforcer *enforcer); /* NULL-safe */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Enforcer, enforcer_free)
void enforcer_notify(Enforcer *enforcer);
