/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/manager.h"

#include <syslog.h>

#include "daemon/audit.h"
#include "daemon/enforce/local-port-range.h"
#include "daemon/policy/policy-document.h"
#include "daemon/provision.h"

struct Manager {
    Reconciler *reconciler;
    char *policy_path;  /* NULL: the standard places */
    char *profile_path; /* NULL: the standard places */
    DeviceProfile *profile;
    char *profile_digest;
    PolicyFacts facts;
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

const char *policy_origin_to_string(PolicyOrigin origin)
{
    static const char *const names[] = {
        [POLICY_ORIGIN_NONE] = "",
        [POLICY_ORIGIN_PROVISIONED] = "provisioned",
        [POLICY_ORIGIN_FALLBACK] = "fallback",
    };
    return names[origin];
}

static void on_item_changed(guint item, gpointer data)
{
    const Manager *manager = data;
    if (manager->observer->reconciler.item_changed)
        manager->observer->reconciler.item_changed(item, manager->observer_data);
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
    .settings_changed = on_settings_changed,
    .problems_changed = on_problems_changed,
    .violation = on_violation,
    .repaired = on_repaired,
};

Manager *manager_new(Reconciler *reconciler, const char *policy_path, const char *profile_path)
{
    Manager *manager = g_new0(Manager, 1);

    manager->reconciler = reconciler;
    manager->policy_path = g_strdup(policy_path);
    manager->profile_path = g_strdup(profile_path);
    manager->profile = device_profile_new();
    manager->profile_digest = g_strdup("");
    manager->facts.name = g_strdup("");
    manager->facts.digest = g_strdup("");
    manager->observer = &deaf_observer;
    reconciler_observe(reconciler, &reconciler_observer, manager);
    return manager;
}

static void facts_clear(PolicyFacts *facts)
{
    g_free(facts->name);
    g_free(facts->digest);
}

void manager_free(Manager *manager)
{
    if (!manager)
        return;
    g_free(manager->policy_path);
    g_free(manager->profile_path);
    device_profile_free(manager->profile);
    g_free(manager->profile_digest);
    facts_clear(&manager->facts);
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

static const char *policy_name(const Manager *manager)
{
    return manager->policy_path ? manager->policy_path : "provisioned policy";
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

static void take_facts(Manager *manager, const char *name, guint64 serial, const char *digest,
                       PolicyOrigin origin)
{
    facts_clear(&manager->facts);
    manager->facts = (PolicyFacts){g_strdup(name), serial, g_strdup(digest), origin};
}

static void enforce(Manager *manager, Plan *plan)
{
    reconciler_set_plan(manager->reconciler, plan);
    manager->started = TRUE;
    if (manager->facts.origin != POLICY_ORIGIN_NONE)
        audit_policy_enforced(manager->facts.name, manager->facts.serial, manager->facts.digest,
                              policy_origin_to_string(manager->facts.origin));
    else
        audit_note(LOG_NOTICE, "No policy was provisioned: nothing is enforced");
    announce_change(manager);
    if (manager->observer->policy_changed)
        manager->observer->policy_changed(manager->observer_data);
}

static void enforce_provisioned(Manager *manager, const ProvisionedPolicy *provisioned)
{
    const Policy *policy = provisioned->policy;
    g_autoptr(Plan) plan = plan_new(policy, manager->profile, TRUE);

    take_facts(manager, policy->name, policy->serial, provisioned->digest,
               POLICY_ORIGIN_PROVISIONED);
    enforce(manager, plan);
}

static void enforce_fallback(Manager *manager)
{
    g_autoptr(Policy) policy = policy_new_fallback();
    g_autoptr(Plan) plan = plan_new(policy, manager->profile, FALSE);

    take_facts(manager, policy->name, 0, "", POLICY_ORIGIN_FALLBACK);
    enforce(manager, plan);
}

static void enforce_nothing(Manager *manager)
{
    g_autoptr(Plan) plan = plan_new_empty(manager->profile);

    take_facts(manager, "", 0, "", POLICY_ORIGIN_NONE);
    enforce(manager, plan);
}

void manager_start(Manager *manager)
{
    g_autoptr(GError) profile_error = NULL;
    char *digest;
    DeviceProfile *profile = load_profile(manager, &digest, &profile_error);
    if (profile) {
        take_profile(manager, profile, digest);
    } else {
        manager->profile_missing = TRUE;
        g_autofree char *reason = message_to_sentence(profile_error->message);
        manager->profile_problem =
            g_strdup_printf("The device profile cannot be used, so the device counts as one with "
                            "every function: %s",
                            reason);
        audit_degraded(manager->profile_problem);
    }

    g_autoptr(GError) error = NULL;
    g_autoptr(ProvisionedPolicy) provisioned = NULL;
    if (!provisioned_policy_load(manager->policy_path, &provisioned, &error)) {
        g_autofree char *reason = message_to_sentence(error->message);
        manager->policy_problem = g_strdup_printf(
            "The provisioned policy cannot be used, so the fallback is in force: %s", reason);
        audit_fallback(policy_name(manager), error->message);
        enforce_fallback(manager);
    } else if (provisioned) {
        enforce_provisioned(manager, provisioned);
    } else {
        enforce_nothing(manager);
    }
}

/* Replaces a problem, telling whether there is one now. */
static gboolean note_refusal(char **problem, const char *file, const GError *error)
{
    g_clear_pointer(problem, g_free);
    if (!error)
        return FALSE;

    g_autofree char *reason = message_to_sentence(error->message);
    *problem = g_strdup_printf("%s is refused, what was in force stays: %s", file, reason);
    audit_policy_refused(file, error->message);
    return TRUE;
}

static gboolean load_policy(const Manager *manager, ProvisionedPolicy **ret_provisioned,
                            GError **error)
{
    if (!provisioned_policy_load(manager->policy_path, ret_provisioned, error))
        return FALSE;
    if (!*ret_provisioned && manager->facts.origin != POLICY_ORIGIN_NONE) {
        g_set_error(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_POLICY,
                    "It is gone; to lift a policy, provision one that asks for nothing");
        return FALSE;
    }
    return TRUE;
}

void manager_reload(Manager *manager)
{
    g_autoptr(GError) profile_error = NULL;
    g_autoptr(GError) policy_error = NULL;
    g_autoptr(ProvisionedPolicy) provisioned = NULL;
    g_autofree char *digest = NULL;
    g_autoptr(DeviceProfile) profile = load_profile(manager, &digest, &profile_error);

    load_policy(manager, &provisioned, &policy_error);
    const gboolean bad_profile =
        note_refusal(&manager->profile_problem, profile_name(manager), profile_error);
    const gboolean bad_policy =
        note_refusal(&manager->policy_problem, policy_name(manager), policy_error);
    if (bad_profile || bad_policy) {
        announce_change(manager);
        return;
    }

    take_profile(manager, g_steal_pointer(&profile), g_steal_pointer(&digest));
    if (provisioned)
        enforce_provisioned(manager, provisioned);
    else
        enforce_nothing(manager);
}

GPtrArray *manager_diff(const Manager *manager, const char *document, gsize length, Plan **ret_plan,
                        GError **error)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(document, length, diagnostics);
    if (!policy) {
        g_autofree char *message = diagnostics_to_message(diagnostics, "document");
        g_set_error_literal(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_POLICY, message);
        return NULL;
    }
    *ret_plan = plan_new(policy, manager->profile, TRUE);
    return plan_diff(reconciler_plan(manager->reconciler), *ret_plan);
}

ManagerState manager_state(const Manager *manager)
{
    if (!manager->started)
        return MANAGER_STARTING;
    if (manager->facts.origin == POLICY_ORIGIN_FALLBACK || manager->profile_missing ||
        *reconciler_problems(manager->reconciler))
        return MANAGER_DEGRADED;
    return manager->facts.origin == POLICY_ORIGIN_NONE ? MANAGER_NO_POLICY : MANAGER_ENFORCING;
}

const PolicyFacts *manager_policy(const Manager *manager)
{
    return &manager->facts;
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
    const char *const *problems = reconciler_problems(manager->reconciler);

    if (manager->profile_problem)
        g_strv_builder_add(builder, manager->profile_problem);
    if (manager->policy_problem)
        g_strv_builder_add(builder, manager->policy_problem);
    for (gsize i = 0; problems[i]; i++)
        g_strv_builder_add(builder, problems[i]);
    return g_strv_builder_end(builder);
}
