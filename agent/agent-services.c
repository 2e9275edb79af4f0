/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services read what has changed. */
#include "agent/agent-private.h"
#include "agent/program.h"
#include "agent/unit-jobs.h"

/* systemd lets a unit start five times in ten seconds, and then not at all: so a unit is not told
 * more often, and what changes meanwhile is told together. */
#define TELL_SPACING_USEC (3 * G_USEC_PER_SEC)

/* When the unit may be told. */
static gint64 due_time(const Agent *agent, const char *unit)
{
    const gint64 *last = g_hash_table_lookup(agent->restarts, unit);
    return last ? *last + TELL_SPACING_USEC : 0;
}

static gint64 latest_due(const Agent *agent, char *const *units, gint64 due)
{
    for (char *const *unit = units; unit && *unit; unit++)
        due = MAX(due, due_time(agent, *unit));
    return due;
}

static void run_after_edits(const Binding *binding)
{
    if (!binding->run)
        return;
    g_autofree char *problem = program_run((const char *const *)binding->run, NULL);
    const NoteSubject subject = {.binding = binding, .detail = problem};
    if (problem)
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s: %s", binding->name,
                   problem);
}

static UnitJob *find_job(const GPtrArray *jobs, const char *unit)
{
    for (guint i = 0; i < jobs->len; i++) {
        UnitJob *job = g_ptr_array_index(jobs, i);
        if (g_str_equal(job->unit, unit))
            return job;
    }
    return NULL;
}

/* A restart does what a reload would. */
static void add_jobs(Pass *pass, GPtrArray *jobs, char *const *units, UnitVerb verb)
{
    for (char *const *unit = units; unit && *unit; unit++) {
        gint64 *last = g_new(gint64, 1);
        UnitJob *job = find_job(jobs, *unit);
        if (!job)
            unit_jobs_add(jobs, *unit, verb);
        else if (verb == UNIT_RESTART)
            job->verb = verb;
        *last = g_get_monotonic_time();
        g_hash_table_replace(pass->agent->restarts, g_strdup(*unit), last);
    }
}

/* A binding that is not there any more has nobody to tell. */
static void drop_absent(Pass *pass)
{
    GHashTableIter iterator;
    gpointer name;
    g_hash_table_iter_init(&iterator, pass->agent->untold);
    while (g_hash_table_iter_next(&iterator, &name, NULL)) {
        gboolean found = FALSE;
        for (guint i = 0; i < pass->active->len && !found; i++)
            found = g_str_equal(((Binding *)g_ptr_array_index(pass->active, i))->name, name);
        if (!found)
            g_hash_table_iter_remove(&iterator);
    }
}

/* What there is to do now; the rest is due later. Element type UnitJob. */
static GPtrArray *collect_jobs(Pass *pass)
{
    Agent *agent = pass->agent;
    const gint64 now = g_get_monotonic_time();
    GPtrArray *jobs = unit_jobs_new();
    agent->restart_due = G_MAXINT64;
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (!g_hash_table_contains(agent->untold, binding->name))
            continue;
        const gint64 due =
            latest_due(agent, binding->restart, latest_due(agent, binding->reload, 0));
        if (due > now) {
            agent->restart_due = MIN(agent->restart_due, due);
            continue;
        }
        run_after_edits(binding);
        add_jobs(pass, jobs, binding->restart, UNIT_RESTART);
        add_jobs(pass, jobs, binding->reload, UNIT_RELOAD);
        g_hash_table_add(pass->told, g_strdup(binding->name));
        g_hash_table_remove(agent->untold, binding->name);
    }
    return jobs;
}

static gboolean is_active(const Agent *agent, const char *unit)
{
    UnitState state;
    return unit_control_state(agent->control, unit, &state, NULL) && state.active;
}

/* Set of names: of the units that may go down with the jobs, those that run. */
static GHashTable *find_running(const Pass *pass, const GPtrArray *jobs)
{
    GHashTable *running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < jobs->len; i++) {
        const UnitJob *job = g_ptr_array_index(jobs, i);
        g_auto(GStrv) units = unit_control_companions(pass->agent->control, job->unit);
        for (char **unit = units; *unit; unit++)
            if (!g_hash_table_contains(running, *unit) && is_active(pass->agent, *unit))
                g_hash_table_add(running, g_strdup(*unit));
    }
    return running;
}

static void tell_failure(const char *unit, const char *message)
{
    const NoteSubject subject = {.object = unit, .detail = message};
    note_event(LOG_WARNING, MESSAGE_ID_AGENT_SERVICE, &subject, "%s", message);
}

/* Those of the set that do not run any more. Element type char, not owned. */
static GPtrArray *find_down(const Agent *agent, GHashTable *running)
{
    GPtrArray *down = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer unit;
    g_hash_table_iter_init(&iterator, running);
    while (g_hash_table_iter_next(&iterator, &unit, NULL))
        if (!is_active(agent, unit))
            g_ptr_array_add(down, unit);
    return down;
}

/* It may be started again, however often that was done lately. */
static void excuse(const Agent *agent, const char *unit)
{
    g_autofree char *result = unit_control_result(agent->control, unit);
    g_autofree char *message =
        g_strdup_printf("%s went down when services were told of a change%s%s; it is started again",
                        unit, *result ? ", with result " : "", result);
    tell_failure(unit, message);
    unit_control_reset_failed(agent->control, unit, NULL);
}

/* Now, and later where that fails: as a unit that ran before. */
static void bring_back(Pass *pass, const char *unit)
{
    Agent *agent = pass->agent;
    g_autoptr(GError) error = NULL;
    if (is_active(agent, unit) || unit_job_run(agent->control, unit, UNIT_START, &error))
        return;
    tell_failure(unit, error->message);
    if (deed_record_find_unit(agent->deeds, unit))
        return;
    UnitDeed *deed = deed_record_add_unit(agent->deeds, unit);
    deed->was_active = TRUE;
    deed_retry_fail(&deed->retry, g_get_monotonic_time());
    pass_save_deeds(pass);
}

/* All are excused before one is started: they need each other. */
static void bring_back_all(Pass *pass, GHashTable *running)
{
    g_autoptr(GPtrArray) down = find_down(pass->agent, running);
    GHashTableIter iterator;
    gpointer unit;
    for (guint i = 0; i < down->len; i++)
        excuse(pass->agent, g_ptr_array_index(down, i));
    for (guint i = 0; i < down->len; i++)
        bring_back(pass, g_ptr_array_index(down, i));
    g_hash_table_iter_init(&iterator, running);
    while (g_hash_table_iter_next(&iterator, &unit, NULL))
        if (g_hash_table_contains(pass->agent->stamps, unit))
            agent_stamp_unit(pass->agent, unit);
}

void pass_tell_services(Pass *pass)
{
    drop_absent(pass);
    g_autoptr(GPtrArray) jobs = collect_jobs(pass);
    if (!jobs->len || !pass->agent->control)
        return;
    g_autoptr(GHashTable) running = find_running(pass, jobs);
    unit_jobs_run(pass->agent->control, jobs);
    for (guint i = 0; i < jobs->len; i++) {
        const UnitJob *job = g_ptr_array_index(jobs, i);
        if (job->error)
            tell_failure(job->unit, job->error->message);
    }
    bring_back_all(pass, running);
}
