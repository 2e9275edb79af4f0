/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"
#include "agent/unit-jobs.h"

/* A unit that has to be stopped or started, and for whom. */
typedef struct WantedUnit {
    const char *unit;
    EditKind kind; /* EDIT_MASK, EDIT_STOP or EDIT_START */
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

/* Of several wishes the strictest counts. */
G_STATIC_ASSERT(EDIT_MASK < EDIT_STOP && EDIT_STOP < EDIT_START);

static void collect_units(const Pass *pass, const Binding *binding, const BindingEdit *edit,
                          GArray *wanted)
{
    if (!edit->units || !pass_wants(pass, edit))
        return;
    for (char **unit = edit->units; *unit; unit++) {
        WantedUnit *known = find_wanted(wanted, *unit);
        const WantedUnit one = {
            .unit = *unit, .kind = edit->kind, .binding = binding, .edit = edit};
        if (!known)
            g_array_append_val(wanted, one);
        else if (edit->kind < known->kind)
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
    if (wanted->kind != EDIT_MASK || wanted->state.masked)
        return;
    if (unit_control_mask(pass->agent->control, wanted->unit, &error))
        wanted->state.masked = TRUE;
    else
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
}

static void stop_or_start_unit(Pass *pass, const WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    const UnitVerb verb = wanted->kind == EDIT_START ? UNIT_START : UNIT_STOP;
    if (!unit_job_run(pass->agent->control, wanted->unit, verb, &error))
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
    agent_stamp_unit(pass->agent, wanted->unit);
}

void agent_reload_units(Agent *agent)
{
    g_autoptr(GError) error = NULL;
    if (!agent->units_changed || !agent->control)
        return;
    agent->units_changed = !unit_control_reload_manager(agent->control, &error);
    if (error)
        note(LOG_WARNING, "%s", error->message);
}

static NoteSubject subject_of(const WantedUnit *wanted)
{
    return (NoteSubject){.object = wanted->unit, .binding = wanted->binding, .edit = wanted->edit};
}

/* That a unit does not run need not be anybody's doing: it may just not be enabled. */
static void tell_repair(Pass *pass, const WantedUnit *wanted)
{
    const NoteSubject subject = subject_of(wanted);
    if (wanted->kind == EDIT_START) {
        note_event(LOG_NOTICE, MESSAGE_ID_AGENT_CHANGED, &subject,
                   "%s does not run, and is started again", wanted->unit);
        return;
    }
    note_event(LOG_WARNING, MESSAGE_ID_AGENT_REPAIRED, &subject,
               "%s was started or unmasked by somebody else, and is stopped again", wanted->unit);
    tampering_note(pass->agent->tampering, wanted->binding, wanted->edit, wanted->unit,
                   g_get_real_time());
}

static gboolean begin_repair(Pass *pass, const WantedUnit *wanted)
{
    Damper *damper = pass->agent->damper;
    const gint64 now = g_get_monotonic_time();
    const gboolean known = damper_is_waiting(damper, wanted->unit, now);
    if (damper_repair(damper, wanted->unit, now)) {
        tell_repair(pass, wanted);
        pass_check_edit(pass, wanted->binding, wanted->edit);
        return TRUE;
    }
    const NoteSubject subject = subject_of(wanted);
    g_autofree char *message =
        g_strdup_printf("somebody keeps %s %s; it is left alone for some minutes",
                        wanted->kind == EDIT_START ? "stopping" : "starting", wanted->unit);
    if (!known)
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_FIGHT, &subject, "%s", message);
    pass_add_problem(pass, wanted->binding, wanted->edit, message);
    return FALSE;
}

static gboolean complies(const WantedUnit *wanted)
{
    const UnitState *state = &wanted->state;
    if (wanted->kind == EDIT_START)
        return state->active;
    return !state->exists || (!state->active && (state->masked || wanted->kind != EDIT_MASK));
}

/* How a unit is before the first of all is stopped: stopping one may stop others. */
static void remember_unit(Pass *pass, const WantedUnit *wanted)
{
    static const char *const words[] = {
        [EDIT_MASK] = "stopped and masked", [EDIT_STOP] = "stopped", [EDIT_START] = "started"};
    const NoteSubject subject = subject_of(wanted);
    UnitDeed *deed = deed_record_add_unit(pass->agent->deeds, wanted->unit);
    deed->masked = wanted->kind == EDIT_MASK && !wanted->state.masked;
    deed->was_active = wanted->state.active;
    deed->started = wanted->kind == EDIT_START;
    note_event(LOG_INFO, MESSAGE_ID_AGENT_CHANGED, &subject, "%s is %s", wanted->unit,
               words[wanted->kind]);
}

/* Whether there is something to do about it, and it may be done. */
static gboolean look_at_unit(Pass *pass, WantedUnit *wanted)
{
    g_autoptr(GError) error = NULL;
    if (!unit_control_state(pass->agent->control, wanted->unit, &wanted->state, &error)) {
        pass_add_problem(pass, wanted->binding, wanted->edit, error->message);
        return FALSE;
    }
    if (complies(wanted))
        return FALSE;
    if (deed_record_find_unit(pass->agent->deeds, wanted->unit))
        return begin_repair(pass, wanted);
    remember_unit(pass, wanted);
    return TRUE;
}

static gboolean is_due(const WantedUnit *wanted, EditKind kind)
{
    return wanted->due && wanted->kind == kind;
}

static void mask_units(Pass *pass, GArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++) {
        if (!is_due(&g_array_index(wanted, WantedUnit, i), EDIT_MASK))
            continue;
        mask_unit(pass, &g_array_index(wanted, WantedUnit, i));
        pass->agent->units_changed = TRUE;
    }
}

/* All are masked before one is stopped, or it might be started by another. */
static void settle_wanted(Pass *pass, GArray *wanted)
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
    mask_units(pass, wanted);
    agent_reload_units(pass->agent);
    for (guint i = 0; i < wanted->len; i++)
        if (g_array_index(wanted, WantedUnit, i).due)
            stop_or_start_unit(pass, &g_array_index(wanted, WantedUnit, i));
}

/* Somebody else's mask stays, and a unit that somebody else has masked since is not started. */
static gboolean unmask_unit(Agent *agent, UnitDeed *deed, GError **error)
{
    UnitState state;
    if (!unit_control_state(agent->control, deed->unit, &state, error))
        return FALSE;
    if (state.masked && deed->masked && !unit_control_unmask(agent->control, deed->unit, error))
        return FALSE;
    agent->units_changed = agent->units_changed || deed->masked;
    deed->was_active = deed->was_active && (!state.masked || deed->masked);
    return TRUE;
}

/* One that failed too often lately would not be let start. */
static gboolean restart_unit(Agent *agent, UnitDeed *deed, GError **error)
{
    UnitState state;
    if (!unit_control_state(agent->control, deed->unit, &state, error))
        return FALSE;
    if (deed->started)
        return deed->was_active || !state.active ||
               unit_job_run(agent->control, deed->unit, UNIT_STOP, error);
    if (!deed->was_active || state.active || !state.exists)
        return TRUE;
    unit_control_reset_failed(agent->control, deed->unit, NULL);
    return unit_job_run(agent->control, deed->unit, UNIT_START, error);
}

/* Element type UnitDeed, not owned: those that are no longer wanted, but for such as are tried
 * again later. */
static GPtrArray *find_freed(const Pass *pass, const GArray *wanted)
{
    const GPtrArray *deeds = pass->agent->deeds->units;
    const gint64 now = g_get_monotonic_time();
    GPtrArray *freed = g_ptr_array_new();
    for (guint i = 0; i < deeds->len; i++) {
        UnitDeed *deed = g_ptr_array_index(deeds, i);
        if (!find_wanted(wanted, deed->unit) && deed->retry.due <= now)
            g_ptr_array_add(freed, deed);
    }
    return freed;
}

/* Those that it fails for are taken out of the list, to be tried again. */
static void each_freed(Pass *pass, GPtrArray *freed,
                       gboolean (*act)(Agent *agent, UnitDeed *deed, GError **error))
{
    for (guint i = 0; i < freed->len;) {
        UnitDeed *deed = g_ptr_array_index(freed, i);
        g_autoptr(GError) error = NULL;
        if (act(pass->agent, deed, &error)) {
            i++;
            continue;
        }
        const NoteSubject subject = {.object = deed->unit, .detail = error->message};
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_SERVICE, &subject, "%s", error->message);
        deed_retry_fail(&deed->retry, g_get_monotonic_time());
        g_ptr_array_remove_index(freed, i);
    }
}

/* All are unmasked before one is started: a socket is not where its service is masked. */
static void free_units(Pass *pass, const GArray *wanted)
{
    g_autoptr(GPtrArray) freed = find_freed(pass, wanted);
    if (!freed->len)
        return;
    each_freed(pass, freed, unmask_unit);
    agent_reload_units(pass->agent);
    each_freed(pass, freed, restart_unit);
    for (guint i = 0; i < freed->len; i++) {
        UnitDeed *deed = g_ptr_array_index(freed, i);
        const NoteSubject subject = {.object = deed->unit};
        note_event(LOG_INFO, MESSAGE_ID_AGENT_RESTORED, &subject, "%s is as it was before",
                   deed->unit);
        agent_stamp_unit(pass->agent, deed->unit);
        g_ptr_array_remove(pass->agent->deeds->units, deed);
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
    settle_wanted(pass, wanted);
}
