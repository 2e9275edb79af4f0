/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent watches, and how it was when it last looked. */
#include "agent/agent-private.h"
#include "agent/target-file.h"
#include "agent/target-path.h"

/* Of a path that leads elsewhere, where to; what it leads to has a stamp of its own. */
static char *stamp_path(const char *path)
{
    g_autofree char *real = target_path_resolve(path, NULL);
    return real && !g_str_equal(real, path) ? g_strconcat("at ", real, NULL)
                                            : target_file_stamp(path);
}

/* Also when it was started or reloaded: somebody may have had it read another file. */
static char *stamp_unit(Agent *agent, const char *unit)
{
    UnitState state;
    guint64 loaded = 0;
    if (!agent->control || !unit_control_state(agent->control, unit, &state, NULL))
        return g_strdup("unknown");
    if (state.active)
        unit_control_load_time(agent->control, unit, &loaded, NULL);
    return g_strdup_printf("%d%d%d %" G_GUINT64_FORMAT, state.exists, state.masked, state.active,
                           loaded);
}

void agent_stamp_file(Agent *agent, const char *path, const char *stamp)
{
    g_hash_table_replace(agent->stamps, g_strdup(path), stamp ? g_strdup(stamp) : stamp_path(path));
}

void agent_stamp_unit(Agent *agent, const char *unit)
{
    g_hash_table_replace(agent->stamps, g_strdup(unit), stamp_unit(agent, unit));
}

static void stamp_real_file(Agent *agent, const char *path)
{
    g_autofree char *real = target_path_resolve(path, NULL);
    if (real && !g_str_equal(real, path))
        agent_stamp_file(agent, real, NULL);
}

void agent_stamp_all(Agent *agent)
{
    g_autoptr(GPtrArray) units = agent_watched_units(agent);
    g_autoptr(GPtrArray) files = agent_watched_files(agent);
    g_hash_table_remove_all(agent->stamps);
    for (guint i = 0; i < units->len; i++)
        if (!g_hash_table_contains(agent->stamps, g_ptr_array_index(units, i)))
            agent_stamp_unit(agent, g_ptr_array_index(units, i));
    for (guint i = 0; i < files->len; i++) {
        agent_stamp_file(agent, g_ptr_array_index(files, i), NULL);
        stamp_real_file(agent, g_ptr_array_index(files, i));
    }
}

gboolean agent_watches(const Agent *agent, const char *name)
{
    return g_hash_table_contains(agent->stamps, name);
}

/* Of units only those that something was heard of are asked for. */
gboolean agent_sees_change(Agent *agent, GHashTable *units)
{
    GHashTableIter iterator;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iterator, agent->stamps);
    while (g_hash_table_iter_next(&iterator, &key, &value)) {
        const char *name = key;
        if (*name != '/' && units && !g_hash_table_contains(units, name))
            continue;
        g_autofree char *now = *name == '/' ? stamp_path(name) : stamp_unit(agent, name);
        if (!g_str_equal(now, value))
            return TRUE;
    }
    return FALSE;
}

static void add_conditions(GPtrArray *list, char *const *conditions, gboolean paths)
{
    for (gsize i = 0; conditions && conditions[i]; i++) {
        const char *what = conditions[i] + (*conditions[i] == '!');
        if ((*what == '/') == paths)
            g_ptr_array_add(list, g_strdup(what));
    }
}

static void add_parts(GPtrArray *list, const Binding *binding, gboolean paths)
{
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        add_conditions(list, edit->conditions, paths);
        add_conditions(list, edit->units, paths);
        if (paths && edit->file)
            g_ptr_array_add(list, g_strdup(edit->file));
    }
    for (guint i = 0; i < binding->checks->len; i++) {
        const BindingCheck *check = g_ptr_array_index(binding->checks, i);
        add_conditions(list, check->conditions, paths);
        add_conditions(list, check->units, paths);
        add_conditions(list, check->loaded, paths);
    }
}

static void add_watched(GPtrArray *list, const Binding *binding, gboolean paths)
{
    add_conditions(list, binding->conditions, paths);
    add_conditions(list, binding->watch, paths);
    add_conditions(list, binding->restart, paths);
    add_conditions(list, binding->reload, paths);
    add_parts(list, binding, paths);
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

gboolean agent_is_concerned(const Agent *agent, const Binding *binding)
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
        if (agent_is_concerned(agent, g_ptr_array_index(agent->bindings, i)))
            add_watched(units, g_ptr_array_index(agent->bindings, i), FALSE);
    return units;
}
