/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manager knows which policy is in force, where it came from and what is wrong; it hands the
 * plan to the reconciler, keeps the audit trail and tells an observer, the bus, what has changed.
 */
#pragma once

#include "daemon/life-cycle.h"
#include "daemon/policy/plan-diff.h"
#include "daemon/reconciler.h"

typedef enum ManagerState {
    MANAGER_STARTING,
    MANAGER_NO_POLICY,
    MANAGER_ENFORCING,
    MANAGER_DEGRADED,
    MANAGER_STATE_LAST = MANAGER_DEGRADED,
} ManagerState;

const char *manager_state_to_string(ManagerState state); /* "no-policy" */

typedef struct ManagerObserver {
    ReconcilerObserver reconciler; /* passed on; problems_changed means any fact of the manager */
    void (*policy_changed)(gpointer data);
} ManagerObserver;

typedef struct Manager Manager;

/* Where the manager finds things. NULL: the standard places. */
typedef struct ManagerPaths {
    const char *state_directory; /* never NULL */
    const char *policy;          /* as provisioned_policy_load() takes it */
    const char *profile;         /* as device_profile_load() takes it */
} ManagerPaths;

/* Borrows @event and @reconciler, and becomes the observer of the latter. */
Manager *manager_new(sd_event *event, Reconciler *reconciler, const ManagerPaths *paths);
void manager_free(Manager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Manager, manager_free)

void manager_observe(Manager *manager, const ManagerObserver *observer, gpointer data);

/* Reads profile and policy and makes them so: see life_cycle_start(). A profile that cannot be used
 * is a device with every function; that and the fallback policy leave the state degraded. */
void manager_start(Manager *manager);

/* Reads profile and provisioned policy again. Where either cannot be used, everything stays as it
 * is and manager_problems() says why. */
void manager_reload(Manager *manager);

/* What the document would change. Element type PlanChange; @ret_plan is the plan it would lead to.
 * POLICY_RECORD_ERROR_INVALID with the diagnostics where it is refused. */
GPtrArray *manager_diff(const Manager *manager, const char *document, gsize length, Plan **ret_plan,
                        GError **error);

ManagerState manager_state(const Manager *manager);
LifeCycle *manager_life_cycle(const Manager *manager);
const char *manager_profile_digest(const Manager *manager); /* "" where there is no profile */
Reconciler *manager_reconciler(const Manager *manager);

/* Sentences on why the state is degraded or a reload was refused. Free with g_strfreev(). */
GStrv manager_problems(const Manager *manager);
