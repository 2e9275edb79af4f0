/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"
#include "agent/note.h"

/* A unit that has to be stopped, and for whom. */
typedef struct WantedUnit {
    const char *unit;
    gboolean mask;
    const Binding *binding;
    const BindingEdit *edit;
    gboolean fresh; /* nothing has been done to it yet */
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
        const WantedUnit one = {*unit, mask, binding, edit, FALSE};
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

static gboolean complies(const WantedUnit *wanted, const UnitState *state)
{
    return !state->exists || (!state->active && (state->masked || !wanted->mask));
}

/* How the units are before the first of them is stopped: stopping one may stop others. */
static void remember_units(Pass *pass, const GArray *wanted)
{
    DeedRecord *deeds = pass->agent->deeds;
    gboolean fresh = FALSE;

    for (guint i = 0; i < wanted->len; i++) {
        WantedUnit *one = &g_array_index(wanted, WantedUnit, i);
        UnitState state;
        if (deed_record_find_unit(deeds, one->unit) ||
            !unit_control_state(pass->agent->control, one->unit, &state, NULL) ||
            complies(one, &state))
            continue;
        UnitDeed *deed = deed_record_add_unit(deeds, one->unit);
        deed->masked = one->mask && !state.masked;
        deed->was_active = state.active;
        one->fresh = TRUE;
        fresh = TRUE;
        note(LOG_INFO, "%s is stopped%s", one->unit, one->mask ? " and masked" : "");
    }
    if (fresh)
        pass_save_deeds(pass);
}

static void settle_unit(Pass *pass, const WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    UnitState state;

    if (!unit_control_state(pass->agent->control, wanted->unit, &state, &error)) {
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
        return;
    }
    if (!complies(wanted, &state) && (wanted->fresh || begin_repair(pass, wanted)))
        stop_unit(pass, wanted, &state);
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

/* All are unmasked before one is started: a socket is not where its service is masked. */
static void free_units(Pass *pass, const GArray *wanted)
{
    GPtrArray *deeds = pass->agent->deeds->units;
    gboolean freed = FALSE;

    each_freed(pass, wanted, unmask_unit);
    each_freed(pass, wanted, restart_unit);
    for (guint i = deeds->len; i-- > 0;) {
        const UnitDeed *deed = g_ptr_array_index(deeds, i);
        if (find_wanted(wanted, deed->unit))
            continue;
        note(LOG_INFO, "%s is as it was before", deed->unit);
        g_ptr_array_remove_index(deeds, i);
        freed = TRUE;
    }
    if (freed)
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
    remember_units(pass, wanted);
    for (guint i = 0; i < wanted->len; i++)
        settle_unit(pass, &g_array_index(wanted, WantedUnit, i));
}
