/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"

#include "agent/binding-files.h"
#include "agent/check-run.h"
#include "agent/file-record.h"
#include "agent/note.h"
#include "agent/target-file.h"

#define DEEDS_FILE "deeds"

static void complain(const char *message, gpointer data)
{
    note(LOG_WARNING, "%s", message);
}

static gboolean load_records(Agent *agent, GError **error)
{
    g_autofree char *deeds = g_build_filename(agent->state, DEEDS_FILE, NULL);
    if (g_mkdir_with_parents(agent->state, 0700) < 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: cannot make the directory",
                    agent->state);
        return FALSE;
    }
    agent->files = file_records_load(agent->state, complain, NULL);
    agent->deeds = deed_record_load(deeds, error);
    return agent->deeds != NULL;
}

Agent *agent_new(const AgentPaths *paths, GError **error)
{
    g_autoptr(Agent) agent = g_new0(Agent, 1);
    g_autoptr(GError) problem = NULL;

    agent->state = g_strdup(paths->state);
    agent->directories = g_strdupv((char **)paths->bindings);
    agent->damper = damper_new();
    agent->stamps = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
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
    unit_control_free(agent->control);
    damper_free(agent->damper);
    g_hash_table_unref(agent->stamps);
    settings_in_force_clear(&agent->current);
    settings_in_force_clear(&agent->previous);
    g_free(agent);
}

void agent_reload(Agent *agent)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    GPtrArray *bindings = binding_files_load((const char *const *)agent->directories, diagnostics);

    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), NULL);
        note(LOG_ERR, "%s", line);
    }
    g_clear_pointer(&agent->bindings, g_ptr_array_unref);
    agent->bindings = bindings;
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
    note(LOG_WARNING, "%s: %s", binding->name, message);
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

void agent_stamp_file(Agent *agent, const char *path)
{
    g_hash_table_replace(agent->stamps, g_strdup(path), target_file_stamp(path));
}

static char *describe_unit(const UnitState *state)
{
    return g_strdup_printf("%d%d%d", state->exists, state->masked, state->active);
}

static char *stamp_unit(Agent *agent, const char *unit)
{
    UnitState state;
    if (!agent->control || !unit_control_state(agent->control, unit, &state, NULL))
        return g_strdup("unknown");
    return describe_unit(&state);
}

void agent_stamp_unit(Agent *agent, const char *unit, const UnitState *state)
{
    g_hash_table_replace(agent->stamps, g_strdup(unit), describe_unit(state));
}

/* Before anything is looked at: what changes from here on is seen by the next look. */
static void stamp_all(Agent *agent)
{
    g_autoptr(GPtrArray) units = agent_watched_units(agent);
    g_autoptr(GPtrArray) files = agent_watched_files(agent);
    for (guint i = 0; i < units->len; i++) {
        const char *unit = g_ptr_array_index(units, i);
        g_hash_table_replace(agent->stamps, g_strdup(unit), stamp_unit(agent, unit));
    }
    for (guint i = 0; i < files->len; i++)
        agent_stamp_file(agent, g_ptr_array_index(files, i));
}

gboolean agent_sees_change(Agent *agent)
{
    GHashTableIter iterator;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iterator, agent->stamps);
    while (g_hash_table_iter_next(&iterator, &key, &value)) {
        const char *name = key;
        g_autofree char *now = *name == '/' ? target_file_stamp(name) : stamp_unit(agent, name);
        if (!g_str_equal(now, value))
            return TRUE;
    }
    return FALSE;
}

void agent_pass(Agent *agent, const SettingsInForce *settings, AgentReport report, gpointer data)
{
    Pass pass = {
        .agent = agent,
        .settings = settings,
        .touched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .problems = g_ptr_array_new_with_free_func(problem_free),
        .report = report,
        .data = data,
    };
    settings_in_force_copy(&agent->current, settings);
    g_hash_table_remove_all(agent->stamps);
    stamp_all(agent);
    pass.active = find_active(&pass);
    pass_settle_files(&pass);
    pass_settle_commands(&pass);
    pass_settle_units(&pass);
    pass_reload_services(&pass);
    pass_check(&pass);
    settings_in_force_copy(&agent->previous, settings);

    g_ptr_array_unref(pass.active);
    g_hash_table_unref(pass.touched);
    g_ptr_array_unref(pass.problems);
}

gboolean agent_is_settled(const Agent *agent)
{
    return agent->settled;
}

gint64 agent_next_repair(const Agent *agent)
{
    return damper_next(agent->damper, g_get_monotonic_time());
}

static void add_conditions(GPtrArray *list, char *const *conditions, gboolean paths)
{
    for (gsize i = 0; conditions && conditions[i]; i++) {
        const char *what = conditions[i] + (*conditions[i] == '!');
        if ((*what == '/') == paths)
            g_ptr_array_add(list, g_strdup(what));
    }
}

static void add_watched(GPtrArray *list, const Binding *binding, gboolean paths)
{
    add_conditions(list, binding->conditions, paths);
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        add_conditions(list, edit->conditions, paths);
        if (paths && edit->file)
            g_ptr_array_add(list, g_strdup(edit->file));
        if (!paths)
            add_conditions(list, edit->units, FALSE);
    }
    for (guint i = 0; i < binding->checks->len; i++) {
        const BindingCheck *check = g_ptr_array_index(binding->checks, i);
        add_conditions(list, check->conditions, paths);
        if (!paths)
            add_conditions(list, check->units, FALSE);
    }
}

GPtrArray *agent_watched_files(const Agent *agent)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iterator;
    gpointer path;

    for (guint i = 0; i < agent->bindings->len; i++)
        add_watched(files, g_ptr_array_index(agent->bindings, i), TRUE);
    g_hash_table_iter_init(&iterator, agent->files);
    while (g_hash_table_iter_next(&iterator, &path, NULL))
        g_ptr_array_add(files, g_strdup(path));
    return files;
}

static gboolean is_concerned(const Agent *agent, const Binding *binding)
{
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        if (agent->current.values[i] && binding_checks_setting(binding, i))
            return TRUE;
    return FALSE;
}

GPtrArray *agent_watched_units(const Agent *agent)
{
    GPtrArray *units = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < agent->bindings->len; i++)
        if (is_concerned(agent, g_ptr_array_index(agent->bindings, i)))
            add_watched(units, g_ptr_array_index(agent->bindings, i), FALSE);
    return units;
}
