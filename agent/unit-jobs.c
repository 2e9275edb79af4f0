/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/unit-jobs.h"

#include <errno.h>

#include "agent/bus-cleanup.h"
#include "agent/unit-control-private.h"

static const struct {
    const char *method;
    const char *word;
} verbs[] = {
    [UNIT_STOP] = {"StopUnit", "stop"},
    [UNIT_START] = {"StartUnit", "start"},
    [UNIT_RELOAD] = {"ReloadOrTryRestartUnit", "reload"},
    [UNIT_RESTART] = {"TryRestartUnit", "restart"},
};

static void job_free(gpointer data)
{
    UnitJob *job = data;
    g_free(job->unit);
    g_free(job->path);
    g_clear_error(&job->error);
    g_free(job);
}

GPtrArray *unit_jobs_new(void)
{
    return g_ptr_array_new_with_free_func(job_free);
}

UnitJob *unit_jobs_add(GPtrArray *jobs, const char *unit, UnitVerb verb)
{
    UnitJob *job = g_new0(UnitJob, 1);
    job->unit = g_strdup(unit);
    job->verb = verb;
    g_ptr_array_add(jobs, job);
    return job;
}

static void end(UnitJob *job, const char *result)
{
    g_clear_pointer(&job->path, g_free);
    if (!g_str_equal(result, "done") && !g_str_equal(result, "skipped"))
        g_set_error(&job->error, UNIT_CONTROL_ERROR, UNIT_CONTROL_ERROR_JOB,
                    "%s: to %s it ended with \"%s\"; 'systemctl status %s' says more", job->unit,
                    verbs[job->verb].word, result, job->unit);
}

/* A signal is queued while a call waits for its reply, so that none is handled before the job's
 * name is known. */
static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
    GPtrArray *jobs = data;
    const char *path;
    const char *result;

    if (sd_bus_message_read(message, "uoss", NULL, &path, NULL, &result) < 0)
        return 0;
    for (guint i = 0; i < jobs->len; i++) {
        UnitJob *job = g_ptr_array_index(jobs, i);
        if (g_strcmp0(job->path, path) == 0)
            end(job, result);
    }
    return 0;
}

static void begin(UnitControl *control, UnitJob *job)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    const char *path;

    int r =
        sd_bus_call_method(control->bus, SYSTEMD_SERVICE, SYSTEMD_OBJECT, SYSTEMD_MANAGER,
                           verbs[job->verb].method, &problem, &reply, "ss", job->unit, "replace");
    if (r >= 0)
        r = sd_bus_message_read(reply, "o", &path);
    if (r >= 0)
        job->path = g_strdup(path);
    else
        unit_control_fail(&job->error, job->unit, r, &problem);
}

static gboolean is_waiting(const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++)
        if (((UnitJob *)g_ptr_array_index(jobs, i))->path)
            return TRUE;
    return FALSE;
}

static int wait_for_jobs(UnitControl *control, const GPtrArray *jobs)
{
    const gint64 deadline = g_get_monotonic_time() + UNIT_CONTROL_JOB_SEC * G_USEC_PER_SEC;
    while (is_waiting(jobs)) {
        int r = sd_bus_process(control->bus, NULL);
        const gint64 left = deadline - g_get_monotonic_time();
        if (r == 0 && left <= 0)
            return -ETIMEDOUT;
        if (r == 0)
            r = sd_bus_wait(control->bus, (uint64_t)left);
        if (r < 0 && r != -EINTR)
            return r;
    }
    return 0;
}

static void fail_waiting(const GPtrArray *jobs, int r)
{
    for (guint i = 0; i < jobs->len; i++) {
        UnitJob *job = g_ptr_array_index(jobs, i);
        if (!job->path)
            continue;
        g_clear_pointer(&job->path, g_free);
        unit_control_fail(&job->error, job->unit, r, NULL);
    }
}

static void fail_all(const GPtrArray *jobs, const char *message)
{
    for (guint i = 0; i < jobs->len; i++)
        g_set_error(&((UnitJob *)g_ptr_array_index(jobs, i))->error, UNIT_CONTROL_ERROR,
                    UNIT_CONTROL_ERROR_BUS, "%s", message);
}

void unit_jobs_run(UnitControl *control, GPtrArray *jobs)
{
    sd_bus_slot *removed = NULL;
    g_autoptr(GError) error = NULL;
    if (!jobs->len)
        return;
    if (!unit_control_subscribe(control, &error)) {
        fail_all(jobs, error->message);
        return;
    }
    int r = sd_bus_match_signal(control->bus, &removed, SYSTEMD_SERVICE, SYSTEMD_OBJECT,
                                SYSTEMD_MANAGER, "JobRemoved", on_job_removed, jobs);
    for (guint i = 0; r >= 0 && i < jobs->len; i++)
        begin(control, g_ptr_array_index(jobs, i));
    if (r >= 0)
        r = wait_for_jobs(control, jobs);
    if (r < 0)
        fail_waiting(jobs, r);
    sd_bus_slot_unref(removed);
}

gboolean unit_job_run(UnitControl *control, const char *unit, UnitVerb verb, GError **error)
{
    g_autoptr(GPtrArray) jobs = unit_jobs_new();
    UnitJob *job = unit_jobs_add(jobs, unit, verb);
    unit_jobs_run(control, jobs);
    if (!job->error)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&job->error));
    return FALSE;
}
