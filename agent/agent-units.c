/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"
#include "agent/note.h"

/* A unit that has to be stopped, and for whom. */
typedef struct WantedUnit {
    const char *unit;
    gboolean mask;
    const Binding *binding;
    const BindingEdit *edit;
    UnitState state; /* as found, then as it was made */
    gboolean due;    /* something has to be done about it */
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
        const WantedUnit one = {.unit = *unit, .mask = mask, .binding = binding, .edit = edit};
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

/* A unit whose file is in /etc cannot be masked; it is stopped all the same. */
static void mask_unit(Pass *pass, WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    if (!wanted->mask || wanted->state.masked)
        return;
    if (unit_control_mask(pass->agent->control, wanted->unit, &error))
        wanted->state.masked = TRUE;
    else
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
}

static void stop_unit(Pass *pass, WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    if (unit_control_stop(pass->agent->control, wanted->unit, &error))
        wanted->state.active = FALSE;
    else
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
    agent_stamp_unit(pass->agent, wanted->unit, &wanted->state);
}

static void reload_manager(const Pass *pass)
{
    g_autoptr(GError) error = NULL;
    if (!unit_control_reload_manager(pass->agent->control, &error))
        note(LOG_WARNING, "%s", error->message);
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

static gboolean complies(const WantedUnit *wanted)
{
    const UnitState *state = &wanted->state;
    return !state->exists || (!state->active && (state->masked || !wanted->mask));
}

/* How a unit is before the first of all is stopped: stopping one may stop others. */
static void remember_unit(Pass *pass, const WantedUnit *wanted)
{
    UnitDeed *deed = deed_record_add_unit(pass->agent->deeds, wanted->unit);
    deed->masked = wanted->mask && !wanted->state.masked;
    deed->was_active = wanted->state.active;
    note(LOG_INFO, "%s is stopped%s", wanted->unit, wanted->mask ? " and masked" : "");
}

/* Whether there is something to do about it, and it may be done. */
static gboolean look_at_unit(Pass *pass, WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    if (!unit_control_state(pass->agent->control, wanted->unit, &wanted->state, &error)) {
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
        return FALSE;
    }
    agent_stamp_unit(pass->agent, wanted->unit, &wanted->state);
    if (complies(wanted))
        return FALSE;
    if (deed_record_find_unit(pass->agent->deeds, wanted->unit))
        return begin_repair(pass, wanted);
    remember_unit(pass, wanted);
    return TRUE;
}

/* All are masked before one is stopped, or it might be started by another. */
static void stop_units(Pass *pass, GArray *wanted)
{
    gboolean any = FALSE;
    for (guint i = 0; i < wanted->len; i++) {
        WantedUnit *one = &g_array_index(wanted, WantedUnit, i);
        one->due = look_at_unit(pass, one);
        any = any || one->due;
    }
    if (!any)
        return;
    pass_save_deeds(pass);
    for (guint i = 0; i < wanted->len; i++)
        if (g_array_index(wanted, WantedUnit, i).due)
            mask_unit(pass, &g_array_index(wanted, WantedUnit, i));
    reload_manager(pass);
    for (guint i = 0; i < wanted->len; i++)
        if (g_array_index(wanted, WantedUnit, i).due)
            stop_unit(pass, &g_array_index(wanted, WantedUnit, i));
}

/* Somebody else's mask stays, and a unit that somebody else has masked since is not started. */
static gboolean unmask_unit(Agent *agent, UnitDeed *deed, GError **error)
{
    UnitState state;
    if (!unit_control_state(agent->control, deed->unit, &state, error))
        return FALSE;
    if (state.masked && deed->masked && !unit_control_unmask(agent->control, deed->unit, error))
        return FALSE;
    deed->was_active = deed->was_active && (!state.masked || deed->masked);
    return TRUE;
}

static gboolean restart_unit(Agent *agent, UnitDeed *deed, GError **error)
{
    UnitState state;
    if (!deed->was_active)
        return TRUE;
    return unit_control_state(agent->control, deed->unit, &state, error) &&
           (state.active || unit_control_start(agent->control, deed->unit, error));
}

static void each_freed(Pass *pass, const GArray *wanted,
                       gboolean (*act)(Agent *agent, UnitDeed *deed, GError **error))
{
    const GPtrArray *deeds = pass->agent->deeds->units;
    for (guint i = 0; i < deeds->len; i++) {
        UnitDeed *deed = g_ptr_array_index(deeds, i);
        g_autoptr(GError) error = NULL;
        if (!find_wanted(wanted, deed->unit) && !act(pass->agent, deed, &error))
            note(LOG_WARNING, "%s", error->message);
    }
}

static gboolean has_freed(const GPtrArray *deeds, const GArray *wanted)
{
    for (guint i = 0; i < deeds->len; i++)
        if (!find_wanted(wanted, ((UnitDeed *)g_ptr_array_index(deeds, i))->unit))
            return TRUE;
    return FALSE;
}

/* All are unmasked before one is started: a socket is not where its service is masked. */
static void free_units(Pass *pass, const GArray *wanted)
{
    GPtrArray *deeds = pass->agent->deeds->units;
    if (!has_freed(deeds, wanted))
        return;
    each_freed(pass, wanted, unmask_unit);
    reload_manager(pass);
    each_freed(pass, wanted, restart_unit);
    for (guint i = deeds->len; i-- > 0;) {
        const UnitDeed *deed = g_ptr_array_index(deeds, i);
        if (find_wanted(wanted, deed->unit))
            continue;
        note(LOG_INFO, "%s is as it was before", deed->unit);
        g_ptr_array_remove_index(deeds, i);
    }
    pass_save_deeds(pass);
}

void pass_settle_units(Pass *pass)
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
    stop_units(pass, wanted);
}
