/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services read what has changed. */
#include <string.h>

#include "agent/agent-private.h"
#include "agent/file-plan.h"
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
    for (char *const *unit = units; *unit; unit++)
        due = MAX(due, due_time(agent, *unit));
    return due;
}

/* NULL where it is switched off by now, or its conditions do not hold any more. */
static const Binding *find_active(const Pass *pass, const char *name)
{
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (g_str_equal(binding->name, name))
            return binding;
    }
    return NULL;
}

static void save_services(const Agent *agent)
{
    g_autoptr(GError) error = NULL;
    if (!service_record_save(agent->services, &error))
        note(LOG_ERR, "%s", error->message);
}

void pass_remember_services(const Pass *pass)
{
    gboolean news = FALSE;
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (agent_is_concerned(pass->agent, binding) ||
            service_record_find(pass->agent->services, binding->name))
            news = service_record_keep(pass->agent->services, binding) || news;
    }
    if (news)
        save_services(pass->agent);
}

static void add_file_bindings(GHashTable *names, const FileRecord *record)
{
    for (char **name = record->untold; *name; name++)
        g_hash_table_add(names, g_strdup(*name));
    for (char **edit = record->edits; *edit; edit++)
        g_hash_table_add(names, g_strndup(*edit, strcspn(*edit, FILE_PLAN_SEPARATOR)));
}

/* Set of names: bindings that something was done for, or may be at any moment. */
static GHashTable *find_concerned(const Pass *pass)
{
    const Agent *agent = pass->agent;
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iterator;
    gpointer value;

    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (agent_is_concerned(agent, binding))
            g_hash_table_add(names, g_strdup(binding->name));
    }
    g_hash_table_iter_init(&iterator, agent->files);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        add_file_bindings(names, value);
    for (guint i = 0; i < agent->deeds->commands->len; i++) {
        const CommandDeed *deed = g_ptr_array_index(agent->deeds->commands, i);
        g_hash_table_add(names, g_strndup(deed->edit, strcspn(deed->edit, "/")));
    }
    g_hash_table_iter_init(&iterator, agent->untold);
    while (g_hash_table_iter_next(&iterator, &value, NULL))
        g_hash_table_add(names, g_strdup(value));
    return names;
}

void pass_forget_services(const Pass *pass)
{
    g_autoptr(GHashTable) concerned = find_concerned(pass);
    if (service_record_retain(pass->agent->services, concerned))
        save_services(pass->agent);
}

/* One that is gone with its package needs no telling. */
static void run_after_edits(const Pass *pass, const char *name, const Service *service,
                            GHashTable *ran)
{
    const Binding *binding = find_active(pass, name);
    if (!*service->run || (!binding && !g_file_test(*service->run, G_FILE_TEST_IS_EXECUTABLE)))
        return;
    if (!g_hash_table_add(ran, g_strjoinv(FILE_PLAN_SEPARATOR, service->run)))
        return;
    g_autofree char *problem = program_run((const char *const *)service->run, NULL);
    const NoteSubject subject = {.binding = binding, .detail = problem};
    if (problem)
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s: %s", name, problem);
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

/* Nobody reads anything there. */
static gboolean is_down(const Agent *agent, const char *unit)
{
    UnitState state;
    return agent->control && unit_control_state(agent->control, unit, &state, NULL) &&
           !state.active;
}

/* A restart does what a reload would. */
static void add_jobs(Pass *pass, GPtrArray *jobs, char *const *units, UnitVerb verb)
{
    for (char *const *unit = units; *unit; unit++) {
        if (is_down(pass->agent, *unit))
            continue;
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

/* @ran: set of programs that were run since the last edit, which need not run again. */
static void tell_service(Pass *pass, const char *name, const Service *service, GHashTable *ran,
                         GPtrArray *jobs)
{
    run_after_edits(pass, name, service, ran);
    add_jobs(pass, jobs, service->restart, UNIT_RESTART);
    add_jobs(pass, jobs, service->reload, UNIT_RELOAD);
    g_hash_table_add(pass->told, g_strdup(name));
}

/* What there is to do now; the rest is due later. Element type UnitJob. */
static GPtrArray *collect_jobs(Pass *pass)
{
    Agent *agent = pass->agent;
    const gint64 now = g_get_monotonic_time();
    GPtrArray *jobs = unit_jobs_new();
    g_autoptr(GList) names =
        g_list_sort(g_hash_table_get_keys(agent->untold), (GCompareFunc)strcmp);
    g_autoptr(GHashTable) ran = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    agent->restart_due = G_MAXINT64;
    for (const GList *at = names; at; at = at->next) {
        const Service *service = service_record_find(agent->services, at->data);
        const gint64 due =
            service ? latest_due(agent, service->restart, latest_due(agent, service->reload, 0))
                    : 0;
        if (due > now) {
            agent->restart_due = MIN(agent->restart_due, due);
            continue;
        }
        if (service)
            tell_service(pass, at->data, service, ran, jobs);
        g_hash_table_remove(agent->untold, at->data);
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
    agent_reload_units(pass->agent);
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
