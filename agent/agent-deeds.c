/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"
#include "agent/command.h"
#include "agent/note.h"

/* A unit that has to be stopped, and for whom. */
typedef struct WantedUnit {
    const char *unit;
    gboolean mask;
    const Binding *binding;
    const BindingEdit *edit;
} WantedUnit;

static WantedUnit *find_wanted(const GArray *wanted, const char *unit)
{
    for (guint i = 0; i < wanted->len; i++) {
        WantedUnit *one = &g_array_index(wanted, WantedUnit, i);
        if (g_str_equal(one->unit, unit))
            return one;
    }
    return NULL;
}

static void collect_units(const Pass *pass, const Binding *binding, const BindingEdit *edit,
                          GArray *wanted)
{
    if (!edit->units || !pass_wants(pass, edit))
        return;
    const gboolean mask = edit->kind == EDIT_MASK;
    for (char **unit = edit->units; *unit; unit++) {
        WantedUnit *known = find_wanted(wanted, *unit);
        const WantedUnit one = {*unit, mask, binding, edit};
        if (!known)
            g_array_append_val(wanted, one);
        else if (mask)
            *known = one;
    }
}

/* Element type WantedUnit. */
static GArray *find_wanted_units(const Pass *pass)
{
    GArray *wanted = g_array_new(FALSE, FALSE, sizeof(WantedUnit));
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        for (guint j = 0; j < binding->edits->len; j++)
            collect_units(pass, binding, g_ptr_array_index(binding->edits, j), wanted);
    }
    return wanted;
}

static void save(const Pass *pass)
{
    g_autoptr(GError) error = NULL;
    if (!deed_record_save(pass->agent->deeds, &error))
        note(LOG_ERR, "%s", error->message);
}

/* A unit whose file is in /etc cannot be masked; it is stopped all the same. */
static void stop_unit(Pass *pass, const WantedUnit *wanted, const UnitState *state)
{
    UnitControl *control = pass->agent->control;
    g_autoptr(GError) error = NULL;

    if (wanted->mask && !state->masked && !unit_control_mask(control, wanted->unit, &error))
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
    g_clear_error(&error);
    if (state->active && !unit_control_stop(control, wanted->unit, &error))
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
}

static gboolean begin_repair(Pass *pass, const WantedUnit *wanted)
{
    if (damper_repair(pass->agent->damper, wanted->unit, g_get_monotonic_time())) {
        note(LOG_WARNING, "%s was started or unmasked by somebody else, and is stopped again",
             wanted->unit);
        pass_check_binding(pass, wanted->binding);
        return TRUE;
    }
    g_autofree char *message = g_strdup_printf(
        "somebody keeps starting %s; it is left alone for some minutes", wanted->unit);
    pass_add_problem(pass, wanted->binding, wanted->edit, message);
    return FALSE;
}

static void settle_unit(Pass *pass, const WantedUnit *wanted)
{
    Agent *agent = pass->agent;
    g_autoptr(GError) error = NULL;
    UnitState state;

    if (!unit_control_state(agent->control, wanted->unit, &state, &error)) {
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
        return;
    }
    const gboolean complies = !state.active && (state.masked || !wanted->mask);
    UnitDeed *deed = deed_record_find_unit(agent->deeds, wanted->unit);
    if (!state.exists || complies)
        return;
    if (deed) {
        if (begin_repair(pass, wanted))
            stop_unit(pass, wanted, &state);
        return;
    }
    deed = deed_record_add_unit(agent->deeds, wanted->unit);
    deed->masked = wanted->mask && !state.masked;
    deed->was_active = state.active;
    save(pass);
    note(LOG_INFO, "%s is stopped%s", wanted->unit, wanted->mask ? " and masked" : "");
    stop_unit(pass, wanted, &state);
}

static gboolean free_unit(Agent *agent, const UnitDeed *deed, GError **error)
{
    UnitState state;
    if (!unit_control_state(agent->control, deed->unit, &state, error))
        return FALSE;
    if (deed->masked && state.masked && !unit_control_unmask(agent->control, deed->unit, error))
        return FALSE;
    if (state.masked && !deed->masked)
        return TRUE;
    return !deed->was_active || state.active ||
           unit_control_start(agent->control, deed->unit, error);
}

static void free_units(Pass *pass, const GArray *wanted)
{
    GPtrArray *deeds = pass->agent->deeds->units;
    for (guint i = 0; i < deeds->len;) {
        const UnitDeed *deed = g_ptr_array_index(deeds, i);
        if (find_wanted(wanted, deed->unit)) {
            i++;
            continue;
        }
        g_autoptr(GError) error = NULL;
        note(LOG_INFO, "%s is as it was before", deed->unit);
        if (!free_unit(pass->agent, deed, &error))
            note(LOG_WARNING, "%s", error->message);
        g_ptr_array_remove_index(deeds, i);
        save(pass);
    }
}

static void settle_units(Pass *pass)
{
    g_autoptr(GArray) wanted = find_wanted_units(pass);
    if (!pass->agent->control) {
        for (guint i = 0; i < wanted->len; i++) {
            const WantedUnit *one = &g_array_index(wanted, WantedUnit, i);
            pass_add_problem(pass, one->binding, one->edit, "the system bus cannot be reached");
        }
        return;
    }
    free_units(pass, wanted);
    for (guint i = 0; i < wanted->len; i++)
        settle_unit(pass, &g_array_index(wanted, WantedUnit, i));
}

static char *command_name(const Binding *binding, const BindingEdit *edit)
{
    return g_strdup_printf("%s/%s", binding->name, edit->name);
}

static GStrv expand_command(const Pass *pass, const BindingEdit *edit)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (char **word = edit->apply; *word; word++) {
        g_autofree char *expanded = template_expand(*word, pass->settings->values,
                                                    (TemplateLimits){edit->least, edit->most});
        g_strv_builder_add(words, expanded);
    }
    return g_strv_builder_end(words);
}

/* NULL, or what went wrong. */
static char *run(const char *const *words)
{
    g_auto(CommandResult) result = {0};
    g_autoptr(GError) error = NULL;
    if (!command_run(words, NULL, &result, &error))
        return g_strdup(error->message);
    if (result.status == 0)
        return NULL;
    g_strstrip(result.output);
    return g_strdup_printf("%s ended with status %d%s%s", words[0], result.status,
                           *result.output ? ": " : "", result.output);
}

static void apply_command(Pass *pass, const Binding *binding, const BindingEdit *edit,
                          const CommandDeed *deed)
{
    g_autofree char *problem = run((const char *const *)deed->apply);
    if (problem)
        pass_add_problem(pass, binding, edit, problem);
    g_hash_table_add(pass->touched, g_strdup(binding->name));
}

static void settle_command(Pass *pass, const Binding *binding, const BindingEdit *edit)
{
    DeedRecord *deeds = pass->agent->deeds;
    g_autofree char *name = command_name(binding, edit);
    g_auto(GStrv) words = expand_command(pass, edit);
    CommandDeed *deed = deed_record_find_command(deeds, name);

    if (deed && g_strv_equal((const char *const *)deed->apply, (const char *const *)words))
        return;
    if (!deed)
        deed = deed_record_add_command(deeds, name);
    g_strfreev(deed->apply);
    g_strfreev(deed->undo);
    deed->apply = g_steal_pointer(&words);
    deed->undo = g_strdupv(edit->undo);
    save(pass);
    apply_command(pass, binding, edit, deed);
}

void pass_repeat_commands(Pass *pass, const Binding *binding)
{
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        g_autofree char *name = command_name(binding, edit);
        const CommandDeed *deed = deed_record_find_command(pass->agent->deeds, name);
        if (edit->apply && deed && pass_wants(pass, edit))
            apply_command(pass, binding, edit, deed);
    }
}

/* Names of the edits that are programs and are wanted. */
static GHashTable *settle_wanted_commands(Pass *pass)
{
    GHashTable *wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        for (guint j = 0; j < binding->edits->len; j++) {
            const BindingEdit *edit = g_ptr_array_index(binding->edits, j);
            if (!edit->apply || !pass_wants(pass, edit))
                continue;
            settle_command(pass, binding, edit);
            g_hash_table_add(wanted, command_name(binding, edit));
        }
    }
    return wanted;
}

static void settle_commands(Pass *pass)
{
    GPtrArray *deeds = pass->agent->deeds->commands;
    g_autoptr(GHashTable) wanted = settle_wanted_commands(pass);

    for (guint i = 0; i < deeds->len;) {
        const CommandDeed *deed = g_ptr_array_index(deeds, i);
        if (g_hash_table_contains(wanted, deed->edit)) {
            i++;
            continue;
        }
        g_autofree char *problem = run((const char *const *)deed->undo);
        if (problem)
            note(LOG_WARNING, "%s cannot be taken back: %s", deed->edit, problem);
        g_ptr_array_remove_index(deeds, i);
        save(pass);
    }
}

void pass_settle_deeds(Pass *pass)
{
    settle_commands(pass);
    settle_units(pass);
}

static void each_unit(Pass *pass, const GStrv units, GHashTable *done,
                      gboolean (*act)(UnitControl *, const char *, GError **))
{
    for (char **unit = units; unit && *unit; unit++) {
        g_autoptr(GError) error = NULL;
        if (!g_hash_table_add(done, *unit) || !pass->agent->control)
            continue;
        if (!act(pass->agent->control, *unit, &error))
            note(LOG_WARNING, "%s", error->message);
    }
}

static void run_after_edits(const Binding *binding)
{
    if (!binding->run)
        return;
    g_autofree char *problem = run((const char *const *)binding->run);
    if (problem)
        note(LOG_WARNING, "%s: %s", binding->name, problem);
}

void pass_reload_services(Pass *pass)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (!g_hash_table_contains(pass->touched, binding->name))
            continue;
        run_after_edits(binding);
        each_unit(pass, binding->restart, done, unit_control_restart);
        each_unit(pass, binding->reload, done, unit_control_reload);
    }
}
