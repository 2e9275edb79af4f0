/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reconciler.h"

#include <malloc.h>

#include "daemon/assessment.h"

struct Reconciler {
    sd_event_source *deferred;
    sd_event *event;
    Plan *plan;
    Settings *settings;
    GPtrArray *workers; /* element type Worker */
    Assessment items[CATALOG_N_ITEMS];
    gint64 undone[CATALOG_N_ITEMS]; /* when somebody took the item out of force by its settings,
                                       CLOCK_MONOTONIC microseconds; 0: nobody did */
    gboolean settings_due;          /* somebody has to look at the settings again */
    GStrv problems;                 /* as last published */
    const ReconcilerObserver *observer;
    gpointer observer_data;
};

static const ReconcilerObserver deaf_observer;

static void announce_drifts(const Reconciler *reconciler, const Worker *worker)
{
    const ReconcilerObserver *observer = reconciler->observer;
    const gint64 now = g_get_monotonic_time();

    for (guint i = 0; i < worker->report->drifts->len; i++) {
        const Drift *drift = &g_array_index(worker->report->drifts, Drift, i);
        if (observer->violation)
            observer->violation(drift->item, worker_name(worker), drift->detail,
                                reconciler->observer_data);
        if (drift->repaired && observer->repaired)
            observer->repaired(drift->item, worker_name(worker), drift->detail,
                               (guint64)MAX(now - drift->noticed, 0), reconciler->observer_data);
    }
}

static gboolean is_violated_by_settings(const Assessment *assessment)
{
    return assessment->status.state == ITEM_VIOLATED && g_str_equal(assessment->effect, "settings");
}

/* What the kernel enforces, enforcers repair and tell of. What agents answer for, they repair: it
 * was in force, is not, and is again, under the same plan. */
static void follow_settings(Reconciler *reconciler, guint item, const Assessment *before,
                            const Assessment *now)
{
    const ReconcilerObserver *observer = reconciler->observer;
    gint64 *undone = &reconciler->undone[item];

    if (is_violated_by_settings(now)) {
        if (before->status.state == ITEM_ENFORCED || before->status.state == ITEM_PARTIAL)
            *undone = g_get_monotonic_time();
        return;
    }
    const gboolean back = now->status.state == ITEM_ENFORCED || now->status.state == ITEM_PARTIAL;
    if (*undone && back && is_violated_by_settings(before) && observer->repaired)
        observer->repaired(item, before->effect, before->status.detail,
                           (guint64)(g_get_monotonic_time() - *undone), reconciler->observer_data);
    *undone = 0;
}

/* Whether there was something to tell. */
static gboolean publish_item(Reconciler *reconciler, guint item, gboolean plan_changed)
{
    const ReconcilerObserver *observer = reconciler->observer;
    Assessment *published = &reconciler->items[item];
    Assessment now = {0};

    assessment_make(reconciler->workers, reconciler->settings, reconciler->plan, item, &now);
    const gboolean changed = !assessment_equal(published, &now);
    if (plan_changed)
        reconciler->undone[item] = 0;
    else
        follow_settings(reconciler, item, published, &now);
    assessment_clear(published);
    *published = now;

    if ((changed || plan_changed) && observer->item_changed)
        observer->item_changed(item, reconciler->observer_data);
    if (changed && now.status.state == ITEM_VIOLATED && observer->violation)
        observer->violation(item, now.effect, now.status.detail, reconciler->observer_data);
    return changed;
}

static GStrv collect_problems(const Reconciler *reconciler)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new();

    for (guint i = 0; i < reconciler->workers->len; i++) {
        const Worker *worker = g_ptr_array_index(reconciler->workers, i);
        if (worker->failure)
            g_ptr_array_add(problems,
                            g_strdup_printf("%s: %s", worker_name(worker), worker->failure));
        for (guint j = 0; j < worker->report->problems->len; j++)
            g_ptr_array_add(problems, g_strdup(g_ptr_array_index(worker->report->problems, j)));
    }
    g_ptr_array_add(problems, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&problems), FALSE);
}

static void publish_problems(Reconciler *reconciler)
{
    g_auto(GStrv) now = collect_problems(reconciler);

    if (g_strv_equal((const char *const *)now, (const char *const *)reconciler->problems))
        return;
    g_strfreev(reconciler->problems);
    reconciler->problems = g_steal_pointer(&now);
    if (reconciler->observer->problems_changed)
        reconciler->observer->problems_changed(reconciler->observer_data);
}

static void publish(Reconciler *reconciler, gboolean plan_changed)
{
    gboolean any = FALSE;
    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        any = publish_item(reconciler, i, plan_changed) || any;
    if (any && !plan_changed && reconciler->observer->states_changed)
        reconciler->observer->states_changed(reconciler->observer_data);
    if (reconciler->settings_due && reconciler->observer->settings_changed)
        reconciler->observer->settings_changed(reconciler->observer_data);
    reconciler->settings_due = FALSE;
    publish_problems(reconciler);
}

/* What becomes due during the pass waits for the next one. */
static void run_workers(Reconciler *reconciler, gboolean all)
{
    for (guint i = 0; i < reconciler->workers->len; i++) {
        Worker *worker = g_ptr_array_index(reconciler->workers, i);
        if (!all && !worker->due)
            continue;
        worker_run(worker, reconciler->plan);
        announce_drifts(reconciler, worker);
    }
    /* A pass takes a few hundred kilobytes for a moment; between passes, that is nearly always,
     * they are the system's. */
    malloc_trim(0);
}

static int on_deferred(sd_event_source *source, void *data)
{
    run_workers(data, FALSE);
    publish(data, FALSE);
    return 0;
}

static void on_due(gpointer data)
{
    Reconciler *reconciler = data;
    sd_event_source_set_enabled(reconciler->deferred, SD_EVENT_ONESHOT);
}

Reconciler *reconciler_new(sd_event *event, Plan *plan, GError **error)
{
    g_autoptr(Reconciler) reconciler = g_new0(Reconciler, 1);

    reconciler->event = event;
    reconciler->plan = plan_ref(plan);
    reconciler->settings = settings_new();
    settings_set_plan(reconciler->settings, plan);
    reconciler->workers = g_ptr_array_new_with_free_func((GDestroyNotify)worker_free);
    reconciler->problems = g_new0(char *, 1);
    reconciler->observer = &deaf_observer;

    int r = sd_event_add_defer(event, &reconciler->deferred, on_deferred, reconciler);
    /* Before the next bus message: who reports and then asks sees what follows from the report. */
    if (r >= 0)
        r = sd_event_source_set_priority(reconciler->deferred, SD_EVENT_PRIORITY_IMPORTANT);
    if (r >= 0)
        r = sd_event_source_set_enabled(reconciler->deferred, SD_EVENT_OFF);
    if (r < 0) {
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r),
                    "Cannot add to the event loop: %s", g_strerror(-r));
        return NULL;
    }
    return g_steal_pointer(&reconciler);
}

void reconciler_free(Reconciler *reconciler)
{
    if (!reconciler)
        return;
    g_ptr_array_unref(reconciler->workers);
    sd_event_source_disable_unref(reconciler->deferred);
    for (guint i = 0; i < CATALOG_N_ITEMS; i++)
        assessment_clear(&reconciler->items[i]);
    settings_free(reconciler->settings);
    plan_unref(reconciler->plan);
    g_strfreev(reconciler->problems);
    g_free(reconciler);
}

void reconciler_add(Reconciler *reconciler, Enforcer *enforcer)
{
    g_ptr_array_add(reconciler->workers,
                    worker_new(reconciler->event, enforcer, on_due, reconciler));
}

void reconciler_observe(Reconciler *reconciler, const ReconcilerObserver *observer, gpointer data)
{
    reconciler->observer = observer;
    reconciler->observer_data = data;
}

void reconciler_set_plan(Reconciler *reconciler, Plan *plan)
{
    plan_ref(plan);
    plan_unref(reconciler->plan);
    reconciler->plan = plan;
    settings_set_plan(reconciler->settings, plan);
    reconciler->settings_due = TRUE;
    run_workers(reconciler, TRUE);
    publish(reconciler, TRUE);
}

void reconciler_verify(Reconciler *reconciler)
{
    run_workers(reconciler, TRUE);
    publish(reconciler, FALSE);
}

gboolean reconciler_report(Reconciler *reconciler, const SettingsAgent *agent,
                           const SettingsClaim *claims, gsize n_claims, GError **error)
{
    for (gsize i = 0; i < n_claims; i++)
        if (!settings_check_report(reconciler->settings, agent, &claims[i], error))
            return FALSE;
    for (gsize i = 0; i < n_claims; i++)
        if (!settings_report(reconciler->settings, agent, &claims[i], error))
            return FALSE;
    reconciler->settings_due = TRUE;
    on_due(reconciler);
    return TRUE;
}

void reconciler_forget(Reconciler *reconciler, const char *connection)
{
    settings_forget(reconciler->settings, connection);
    reconciler->settings_due = TRUE;
    on_due(reconciler);
}

Plan *reconciler_plan(const Reconciler *reconciler)
{
    return reconciler->plan;
}

const Settings *reconciler_settings(const Reconciler *reconciler)
{
    return reconciler->settings;
}

const ItemStatus *reconciler_item(const Reconciler *reconciler, guint item)
{
    return &reconciler->items[item].status;
}

guint64 reconciler_verified(const Reconciler *reconciler, guint item)
{
    return reconciler->items[item].verified;
}

const char *const *reconciler_problems(const Reconciler *reconciler)
{
    return (const char *const *)reconciler->problems;
}
