/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manager knows which policy is in force, where it came from and what is wrong; it hands the
 * plan to the reconciler, keeps the audit trail and tells an observer, the bus, what has changed.
 */
#pragma once

#include "daemon/policy/plan-diff.h"
#include "daemon/reconciler.h"

typedef enum ManagerState {
    MANAGER_STARTING,
    MANAGER_NO_POLICY,
    MANAGER_ENFORCING,
    MANAGER_DEGRADED,
    MANAGER_STATE_LAST = MANAGER_DEGRADED,
} ManagerState;

typedef enum PolicyOrigin {
    POLICY_ORIGIN_NONE,
    POLICY_ORIGIN_PROVISIONED,
    POLICY_ORIGIN_FALLBACK,
    POLICY_ORIGIN_LAST = POLICY_ORIGIN_FALLBACK,
} PolicyOrigin;

const char *manager_state_to_string(ManagerState state);  /* "no-policy" */
const char *policy_origin_to_string(PolicyOrigin origin); /* "", "provisioned", "fallback" */

/* The policy in force. Strings are never NULL, "" where there is none. */
typedef struct PolicyFacts {
    char *name;
    guint64 serial; /* 0: no policy, or the fallback */
    char *digest;   /* SHA-256 of the document, lower-case hexadecimal */
    PolicyOrigin origin;
} PolicyFacts;

typedef struct ManagerObserver {
    ReconcilerObserver reconciler; /* passed on; problems_changed means any fact of the manager */
    void (*policy_changed)(gpointer data);
} ManagerObserver;

typedef struct Manager Manager;

/* @policy_path, @profile_path: as provisioned_policy_load() and device_profile_load() take them.
 * Borrows @reconciler and becomes its observer. */
Manager *manager_new(Reconciler *reconciler, const char *policy_path, const char *profile_path);
void manager_free(Manager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manager, manager_free)

void manager_observe(Manager *manager, const ManagerObserver *observer, gpointer data);

/* Reads profile and policy and makes them so. A policy that cannot be used gives the fallback, a
 * profile that cannot be used a device with every function; both leave the state degraded. */
void manager_start(Manager *manager);

/* Reads profile and policy again. Where either cannot be used, or the policy is gone, everything
 * stays as it is and manager_problems() says why. */
void manager_reload(Manager *manager);

/* What the document would change. Element type PlanChange; @ret_plan is the plan it would lead to.
 * PROVISION_ERROR_INVALID_POLICY with the diagnostics where it is refused. */
GPtrArray *manager_diff(const Manager *manager, const char *document, gsize length, Plan **ret_plan,
                        GError **error);

ManagerState manager_state(const Manager *manager);
const PolicyFacts *manager_policy(const Manager *manager);
const char *manager_profile_digest(const Manager *manager); /* "" where there is no profile */
Reconciler *manager_reconciler(const Manager *manager);

/* Sentences on why the state is degraded or a reload was refused. Free with g_strfreev(). */
GStrv manager_problems(const Manager *manager);
