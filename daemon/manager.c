/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/manager.h"

#include <syslog.h>

#include "daemon/audit.h"
#include "daemon/enforce/firewall/local-port-range.h"
#include "daemon/provision.h"

struct Manager {
    Reconciler *reconciler;
    LifeCycle *life;
    char *profile_path; /* NULL: the standard places */
    DeviceProfile *profile;
    char *profile_digest;
    gboolean started;
    gboolean profile_missing; /* there is a profile on disk and none could be used */
    char *profile_problem;    /* why the profile on disk is not the one in force, or NULL */
    char *policy_problem;     /* why the policy on disk is not the one in force, or NULL */
    const ManagerObserver *observer;
    gpointer observer_data;
};

static const ManagerObserver deaf_observer;

const char *manager_state_to_string(ManagerState state)
{
    static const char *const names[] = {
        [MANAGER_STARTING] = "starting",
        [MANAGER_NO_POLICY] = "no-policy",
        [MANAGER_ENFORCING] = "enforcing",
        [MANAGER_DEGRADED] = "degraded",
    };
    return names[state];
}

static void on_item_changed(guint item, gpointer data)
{
    const Manager *manager = data;
    if (manager->observer->reconciler.item_changed)
        manager->observer->reconciler.item_changed(item, manager->observer_data);
}

static void on_states_changed(gpointer data)
{
    const Manager *manager = data;
    if (manager->observer->reconciler.states_changed)
        manager->observer->reconciler.states_changed(manager->observer_data);
}

static void on_settings_changed(gpointer data)
{
    const Manager *manager = data;
    if (manager->observer->reconciler.settings_changed)
        manager->observer->reconciler.settings_changed(manager->observer_data);
}

static void announce_change(const Manager *manager)
{
    if (manager->observer->reconciler.problems_changed)
        manager->observer->reconciler.problems_changed(manager->observer_data);
}

static void on_problems_changed(gpointer data)
{
    const Manager *manager = data;
    const char *const *problems = reconciler_problems(manager->reconciler);

    for (gsize i = 0; problems[i]; i++)
        audit_degraded(problems[i]);
    announce_change(manager);
}

static void on_violation(guint item, const char *effect, const char *detail, gpointer data)
{
    const Manager *manager = data;

    audit_violation(catalog_items[item].key, effect, detail);
    if (manager->observer->reconciler.violation)
        manager->observer->reconciler.violation(item, effect, detail, manager->observer_data);
}

static void on_repaired(guint item, const char *effect, const char *detail, guint64 usec,
                        gpointer data)
{
    const Manager *manager = data;

    audit_repaired(catalog_items[item].key, effect, detail, usec);
    if (manager->observer->reconciler.repaired)
        manager->observer->reconciler.repaired(item, effect, detail, usec, manager->observer_data);
}

static const ReconcilerObserver reconciler_observer = {
    .item_changed = on_item_changed,
    .states_changed = on_states_changed,
    .settings_changed = on_settings_changed,
    .problems_changed = on_problems_changed,
    .violation = on_violation,
    .repaired = on_repaired,
};

static void enforce(const PolicyRecord *record, gpointer data);

static void on_life_changed(gpointer data)
{
    announce_change(data);
}

static const DeviceProfile *get_profile(gpointer data)
{
    const Manager *manager = data;
    return manager->profile_missing ? NULL : manager->profile;
}

static const LifeCycleOwner life_cycle_owner = {
    .enforce = enforce,
    .changed = on_life_changed,
    .profile = get_profile,
};

Manager *manager_new(sd_event *event, Reconciler *reconciler, const ManagerPaths *paths)
{
    Manager *manager = g_new0(Manager, 1);

    manager->reconciler = reconciler;
    manager->profile_path = g_strdup(paths->profile);
    manager->profile = device_profile_new();
    manager->profile_digest = g_strdup("");
    manager->life =
        life_cycle_new(event, paths->state_directory, paths->policy, &life_cycle_owner, manager);
    manager->observer = &deaf_observer;
    reconciler_observe(reconciler, &reconciler_observer, manager);
    return manager;
}

void manager_free(Manager *manager)
{
    if (!manager)
        return;
    life_cycle_free(manager->life);
    g_free(manager->profile_path);
    device_profile_free(manager->profile);
    g_free(manager->profile_digest);
    g_free(manager->profile_problem);
    g_free(manager->policy_problem);
    g_free(manager);
}

void manager_observe(Manager *manager, const ManagerObserver *observer, gpointer data)
{
    manager->observer = observer;
    manager->observer_data = data;
}

static const char *profile_name(const Manager *manager)
{
    return manager->profile_path ? manager->profile_path : "device profile";
}

/* The profile on disk, if this device can live with it. */
static DeviceProfile *load_profile(const Manager *manager, char **ret_digest, GError **error)
{
    g_autofree char *digest = NULL;
    g_autoptr(DeviceProfile) profile = device_profile_load(manager->profile_path, &digest, error);
    PortRange ephemeral;

    if (!profile || !local_port_range_read(&ephemeral, error) ||
        !device_profile_check_ephemeral(profile, ephemeral, error))
        return NULL;
    *ret_digest = g_steal_pointer(&digest);
    return g_steal_pointer(&profile);
}

static void take_profile(Manager *manager, DeviceProfile *profile, char *digest)
{
    device_profile_free(manager->profile);
    g_free(manager->profile_digest);
    manager->profile = profile;
    manager->profile_digest = digest;
    manager->profile_missing = FALSE;
}

static Plan *make_plan(const Manager *manager, const PolicyRecord *record)
{
    return record->policy ? plan_new(record->policy, manager->profile,
                                     record->origin != POLICY_ORIGIN_FALLBACK)
                          : plan_new_empty(manager->profile);
}

static void enforce(const PolicyRecord *record, gpointer data)
{
    Manager *manager = data;
    g_autoptr(Plan) plan = make_plan(manager, record);

    reconciler_set_plan(manager->reconciler, plan);
    manager->started = TRUE;
    if (record->policy)
        audit_policy_enforced(policy_record_name(record), policy_record_serial(record),
                              record->digest, policy_origin_to_string(record->origin));
    else
        audit_note(LOG_NOTICE, "No policy was provisioned: nothing is enforced");
    if (*record->warnings)
        audit_note(LOG_WARNING, "%s", record->warnings);
    announce_change(manager);
    if (manager->observer->policy_changed)
        manager->observer->policy_changed(manager->observer_data);
}

void manager_start(Manager *manager)
{
    g_autoptr(GError) error = NULL;
    char *digest;
    DeviceProfile *profile = load_profile(manager, &digest, &error);

    if (profile) {
        take_profile(manager, profile, digest);
    } else {
        manager->profile_missing = TRUE;
        g_autofree char *reason = message_to_sentence(error->message);
        manager->profile_problem =
            g_strdup_printf("The device profile cannot be used, so the device counts as one with "
                            "every function: %s",
                            reason);
        audit_degraded(manager->profile_problem);
    }
    life_cycle_start(manager->life);
}

/* Replaces a problem by the present one, if any. */
static void note_refusal(char **problem, const char *file, const GError *error)
{
    g_clear_pointer(problem, g_free);
    if (!error)
        return;

    g_autofree char *reason = message_to_sentence(error->message);
    *problem = g_strdup_printf("%s is refused, what was in force stays: %s", file, reason);
    audit_policy_refused(file, error->message);
}

/* The profile goes first and comes back when the policy is refused: a policy is enforced by the
 * profile it was read with. */
void manager_reload(Manager *manager)
{
    g_autoptr(GError) profile_error = NULL;
    g_autoptr(GError) policy_error = NULL;
    g_autofree char *digest = NULL;
    DeviceProfile *profile = load_profile(manager, &digest, &profile_error);

    note_refusal(&manager->profile_problem, profile_name(manager), profile_error);
    if (profile) {
        DeviceProfile *before = manager->profile;
        manager->profile = profile;
        life_cycle_reload(manager->life, &policy_error);
        manager->profile = before;
        note_refusal(&manager->policy_problem, "The provisioned policy", policy_error);
        if (policy_error)
            device_profile_free(profile);
        else
            take_profile(manager, profile, g_steal_pointer(&digest));
    }
    announce_change(manager);
}

GPtrArray *manager_diff(const Manager *manager, const char *document, gsize length, Plan **ret_plan,
                        GError **error)
{
    g_autoptr(Policy) policy = policy_record_parse(document, length, "document", NULL, error);
    if (!policy)
        return NULL;
    *ret_plan = plan_new(policy, manager->profile, TRUE);
    return plan_diff(reconciler_plan(manager->reconciler), *ret_plan);
}

ManagerState manager_state(const Manager *manager)
{
    const PolicyRecord *record = life_cycle_in_force(manager->life);

    if (!manager->started)
        return MANAGER_STARTING;
    if (record->origin == POLICY_ORIGIN_FALLBACK || manager->profile_missing ||
        *life_cycle_problems(manager->life) || *reconciler_problems(manager->reconciler))
        return MANAGER_DEGRADED;
    return record->origin == POLICY_ORIGIN_NONE ? MANAGER_NO_POLICY : MANAGER_ENFORCING;
}

LifeCycle *manager_life_cycle(const Manager *manager)
{
    return manager->life;
}

const char *manager_profile_digest(const Manager *manager)
{
    return manager->profile_digest;
}

Reconciler *manager_reconciler(const Manager *manager)
{
    return manager->reconciler;
}

GStrv manager_problems(const Manager *manager)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    if (manager->profile_problem)
        g_strv_builder_add(builder, manager->profile_problem);
    if (manager->policy_problem)
        g_strv_builder_add(builder, manager->policy_problem);
    g_strv_builder_addv(builder, (const char **)life_cycle_problems(manager->life));
    g_strv_builder_addv(builder, (const char **)reconciler_problems(manager->reconciler));
    return g_strv_builder_end(builder);
}
