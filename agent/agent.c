/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/binding-files.h"
#include "agent/check-run.h"
#include "agent/file-record.h"
#include "agent/target-file.h"
#include "agent/tree-text.h"
#include "daemon/files/file-io.h"

#define DEEDS_FILE "deeds"

static void complain(const char *message, gpointer data)
{
    GPtrArray *damaged = data;
    g_ptr_array_add(damaged, g_strdup(message));
    const NoteSubject subject = {.detail = message};
    note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s", message);
}

/* What an agent that was stopped half-way has left behind. */
static void recover_files(Agent *agent)
{
    GHashTableIter iterator;
    gpointer value;
    g_hash_table_iter_init(&iterator, agent->files);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const FileRecord *record = value;
        target_file_clean(record->path);
        for (char **name = record->untold; *name; name++)
            g_hash_table_add(agent->untold, g_strdup(*name));
    }
    agent->units_changed = g_hash_table_size(agent->untold) > 0;
}

/* Held until the process ends, whatever ends it. */
static gboolean lock_state(Agent *agent, GError **error)
{
    agent->lock = open(agent->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (agent->lock >= 0 && flock(agent->lock, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (agent->lock < 0 || errno != EWOULDBLOCK)
        return file_error_set(error, agent->state, "cannot lock it", errno);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                "%s: another secpol-agent is at work; 'systemctl stop secpol-agent' ends it",
                agent->state);
    return FALSE;
}

static gboolean load_records(Agent *agent, GError **error)
{
    g_autofree char *services = g_build_filename(agent->state, AGENT_SERVICES_FILE, NULL);
    g_autofree char *deeds = g_build_filename(agent->state, DEEDS_FILE, NULL);
    if (g_mkdir_with_parents(agent->state, 0700) < 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot make the directory",
                    agent->state);
        return FALSE;
    }
    if (!lock_state(agent, error))
        return FALSE;
    agent->files = file_records_load(agent->state, complain, agent->damaged);
    recover_files(agent);
    agent->deeds = deed_record_load(deeds, error);
    agent->services = agent->deeds ? service_record_load(services, error) : NULL;
    return agent->services != NULL;
}

Agent *agent_new(const AgentPaths *paths, GError **error)
{
    g_autoptr(Agent) agent = g_new0(Agent, 1);
    g_autoptr(GError) problem = NULL;

    agent->state = g_strdup(paths->state);
    agent->directories = g_strdupv((char **)paths->bindings);
    agent->damper = damper_new();
    agent->tampering = tampering_new();
    agent->problems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    agent->stamps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    agent->untold = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    agent->restarts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    agent->restart_due = G_MAXINT64;
    agent->damaged = g_ptr_array_new_with_free_func(g_free);
    agent->lock = -1;
    if (!load_records(agent, error))
        return NULL;
    agent->control = unit_control_new(&problem);
    if (!agent->control)
        note(LOG_WARNING, "%s", problem->message);
    agent_reload(agent);
    return g_steal_pointer(&agent);
}

void agent_free(Agent *agent)
{
    if (!agent)
        return;
    g_free(agent->state);
    g_strfreev(agent->directories);
    g_clear_pointer(&agent->bindings, g_ptr_array_unref);
    g_clear_pointer(&agent->files, g_hash_table_unref);
    deed_record_free(agent->deeds);
    service_record_free(agent->services);
    unit_control_free(agent->control);
    damper_free(agent->damper);
    tampering_free(agent->tampering);
    g_hash_table_unref(agent->problems);
    g_hash_table_unref(agent->stamps);
    g_hash_table_unref(agent->untold);
    g_hash_table_unref(agent->restarts);
    g_ptr_array_unref(agent->damaged);
    if (agent->lock >= 0)
        close(agent->lock);
    settings_in_force_clear(&agent->current);
    settings_in_force_clear(&agent->previous);
    g_free(agent);
}

void agent_reload(Agent *agent)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(GPtrArray) bindings =
        binding_files_load((const char *const *)agent->directories, diagnostics);

    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), NULL);
        const NoteSubject subject = {.detail = line};
        note_event(LOG_ERR, MESSAGE_ID_AGENT_BINDING, &subject, "%s", line);
    }
    if (agent->bindings && diagnostics->n_errors) {
        note(LOG_ERR,
             "All bindings stay as they were read before; 'secpol-agent --check' says what "
             "is wrong with their files");
        return;
    }
    g_clear_pointer(&agent->bindings, g_ptr_array_unref);
    agent->bindings = g_steal_pointer(&bindings);
}

static void problem_free(gpointer data)
{
    Problem *problem = data;
    g_free(problem->message);
    g_free(problem);
}

void pass_add_problem(Pass *pass, const Binding *binding, const BindingEdit *edit,
                      const char *message)
{
    Problem *problem = g_new0(Problem, 1);
    problem->binding = binding;
    problem->edit = edit;
    problem->message = g_strdup(message);
    g_ptr_array_add(pass->problems, problem);
    const NoteSubject subject = {
        .object = edit->file, .binding = binding, .edit = edit, .detail = message};
    if (!g_hash_table_contains(pass->agent->problems, message))
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s: %s", binding->name,
                   message);
}

gboolean pass_wants(const Pass *pass, const BindingEdit *edit)
{
    return binding_edit_is_wanted(edit, pass->settings->values) &&
           conditions_hold((const char *const *)edit->conditions, pass->agent->control);
}

static GPtrArray *find_active(const Pass *pass)
{
    GPtrArray *active = g_ptr_array_new();
    for (guint i = 0; i < pass->agent->bindings->len; i++) {
        Binding *binding = g_ptr_array_index(pass->agent->bindings, i);
        if (conditions_hold((const char *const *)binding->conditions, pass->agent->control))
            g_ptr_array_add(active, binding);
    }
    return active;
}

static void keep_problems(const Pass *pass)
{
    GHashTable *problems = pass->agent->problems;
    g_hash_table_remove_all(problems);
    for (guint i = 0; i < pass->problems->len; i++)
        g_hash_table_add(problems,
                         g_strdup(((Problem *)g_ptr_array_index(pass->problems, i))->message));
}

void agent_pass(Agent *agent, const SettingsInForce *settings, AgentReport report, gpointer data)
{
    Pass pass = {
        .agent = agent,
        .settings = settings,
        .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .problems = g_ptr_array_new_with_free_func(problem_free),
        .report = report,
        .data = data,
    };
    settings_in_force_copy(&agent->current, settings);
    tampering_expire(agent->tampering, settings->values, g_get_real_time());
    agent_stamp_all(agent);
    pass.active = find_active(&pass);
    pass_remember_services(&pass);
    pass_settle_files(&pass);
    pass_settle_commands(&pass);
    pass_settle_units(&pass);
    pass_tell_services(&pass);
    pass_check(&pass);
    pass_close_records(&pass);
    pass_forget_services(&pass);
    keep_problems(&pass);
    settings_in_force_copy(&agent->previous, settings);
    tree_text_forget_lenses();

    g_ptr_array_unref(pass.active);
    g_hash_table_unref(pass.told);
    g_ptr_array_unref(pass.problems);
}

GStrv agent_list_unrestored(const Agent *agent)
{
    g_autoptr(GStrvBuilder) left = g_strv_builder_new();
    GHashTableIter iterator;
    gpointer path;
    g_hash_table_iter_init(&iterator, agent->files);
    while (g_hash_table_iter_next(&iterator, &path, NULL))
        g_strv_builder_add(left, path);
    for (guint i = 0; i < agent->deeds->units->len; i++)
        g_strv_builder_add(left, ((UnitDeed *)g_ptr_array_index(agent->deeds->units, i))->unit);
    for (guint i = 0; i < agent->deeds->commands->len; i++)
        g_strv_builder_add(left,
                           ((CommandDeed *)g_ptr_array_index(agent->deeds->commands, i))->edit);
    for (guint i = 0; i < agent->damaged->len; i++)
        g_strv_builder_add(left, g_ptr_array_index(agent->damaged, i));
    return g_strv_builder_end(left);
}

int agent_attach(Agent *agent, sd_event *event)
{
    return agent->control ? unit_control_attach(agent->control, event) : 0;
}

gboolean agent_is_settled(const Agent *agent)
{
    return agent->settled;
}

gint64 agent_next_repair(const Agent *agent)
{
    const gint64 repair = damper_next(agent->damper, g_get_monotonic_time());
    return MIN(MIN(agent->restart_due, repair), deed_record_next_retry(agent->deeds));
}
