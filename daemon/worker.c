/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/worker.h"

#include "daemon/policy/text.h"

/* Retries start fast, since most failures are races that are soon over, and end slow. */
#define RETRY_FIRST_USEC (100 * G_TIME_SPAN_MILLISECOND)
#define RETRY_LAST_USEC  (30 * G_TIME_SPAN_SECOND)

static void look_again(Worker *worker)
{
    worker->due = TRUE;
    worker->on_due(worker->on_due_data);
}

static void on_notify(Enforcer *enforcer, gpointer data)
{
    look_again(data);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
    look_again(data);
    return 0;
}

Worker *worker_new(sd_event *event, Enforcer *enforcer, WorkerDue on_due, gpointer data)
{
    Worker *worker = g_new0(Worker, 1);

    worker->enforcer = enforcer;
    worker->enforcer->notify = on_notify;
    worker->enforcer->notify_data = worker;
    worker->report = enforcer_report_new();
    worker->event = event;
    worker->on_due = on_due;
    worker->on_due_data = data;
    return worker;
}

void worker_free(Worker *worker)
{
    if (!worker)
        return;
    sd_event_source_disable_unref(worker->retry);
    enforcer_free(worker->enforcer);
    enforcer_report_free(worker->report);
    g_free(worker->failure);
    g_free(worker);
}

static void schedule_retry(Worker *worker)
{
    const guint64 delay =
        worker->retry_usec ? MIN(worker->retry_usec * 2, RETRY_LAST_USEC) : RETRY_FIRST_USEC;

    worker->retry_usec = delay;
    if (!worker->retry) {
        sd_event_add_time_relative(worker->event, &worker->retry, CLOCK_MONOTONIC, delay,
                                   delay / 10, on_retry, worker);
        return;
    }
    sd_event_source_set_time_relative(worker->retry, delay);
    sd_event_source_set_enabled(worker->retry, SD_EVENT_ONESHOT);
}

static void cancel_retry(Worker *worker)
{
    worker->retry_usec = 0;
    worker->retry = sd_event_source_disable_unref(worker->retry);
}

static gboolean everything_is_settled(const EnforcerReport *report)
{
    for (guint i = 0; i < report->findings->len; i++)
        if (!verdict_is_settled(g_array_index(report->findings, Finding, i).verdict))
            return FALSE;
    return TRUE;
}

void worker_run(Worker *worker, const Plan *plan)
{
    g_autoptr(GError) error = NULL;

    worker->due = FALSE;
    enforcer_report_free(worker->report);
    worker->report = enforcer_report_new();
    g_clear_pointer(&worker->failure, g_free);

    if (worker->enforcer->class->reconcile(worker->enforcer, plan, worker->report, &error))
        worker->verified = (guint64)g_get_real_time();
    else
        worker->failure = text_sanitize(error->message, ENFORCER_DETAIL_MAX_BYTES);

    if (!worker->failure && everything_is_settled(worker->report) &&
        worker->report->problems->len == 0)
        cancel_retry(worker);
    else
        schedule_retry(worker);
}

const char *worker_name(const Worker *worker)
{
    return worker->enforcer->class->name;
}

gboolean worker_covers(const Worker *worker, guint item)
{
    return (worker->enforcer->class->effects & (1U << catalog_items[item].effect)) != 0;
}
