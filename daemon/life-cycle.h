/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of policies on the device: which one is in force at start, how another is let in, waits
 * for its confirmation, or gives way again to the one before it.
 */
#pragma once

#include "daemon/import.h"
#include "daemon/policy/device-profile.h"

typedef struct LifeCycle LifeCycle;

typedef struct LifeCycleOwner {
    /* Makes @record so, and returns when every effect of it was tried and read back. The record
     * stays with the life cycle. */
    void (*enforce)(const PolicyRecord *record, gpointer data);
    /* What is to be confirmed, or a problem, has changed. */
    void (*changed)(gpointer data);
    /* NULL where there is one that cannot be used: then nothing is let in, for it may ask for
     * signatures. */
    const DeviceProfile *(*profile)(gpointer data);
} LifeCycleOwner;

/* @policy_path: as provisioned_policy_load() takes it. Borrows @event. Does nothing before
 * life_cycle_start(). */
LifeCycle *life_cycle_new(sd_event *event, const char *state_directory, const char *policy_path,
                          const LifeCycleOwner *owner, gpointer data);
void life_cycle_free(LifeCycle *life);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LifeCycle, life_cycle_free)

/* Finds the policy to be in force and has it enforced: the imported one, else the provisioned one,
 * else none; the fallback where there was one and none can be read. */
void life_cycle_start(LifeCycle *life);

/* Reads the provisioned policy again, where it is the one in force or none is, and enforces what is
 * in force anew. With an error everything stays as it is. */
gboolean life_cycle_reload(LifeCycle *life, GError **error);

/* The answer to an import: the generation now in force, or the error. */
typedef void (*LifeCycleImported)(guint64 generation, const GError *error, gpointer data);

/* Lets a policy in. Takes @request. Calls @done once, at once or, where passwords are tried, later:
 * then the policy is durable and every kernel effect was tried and read back. Errors are those of
 * import.h, ATTEMPTS_ERROR and STORE_ERROR. The document in force is taken without any change. */
void life_cycle_import(LifeCycle *life, ImportRequest *request, LifeCycleImported done,
                       gpointer data);

/* Ends an import that is under way; whoever waits for its end is told that there is none. */
void life_cycle_abandon_import(LifeCycle *life);

/* @uid, @unit: who asks, for the journal. IMPORT_ERROR_NOTHING_TO_CONFIRM where the generation
 * @number does not wait for it; STORE_ERROR.
 */
gboolean life_cycle_confirm(LifeCycle *life, guint64 number, guint32 uid, const char *unit,
                            GError **error);

/* Back to the policy before, while the present one is not confirmed; same errors. */
gboolean life_cycle_revert(LifeCycle *life, guint32 uid, const char *unit, GError **error);

/* Document and signature of a generation, 0 being the policy in force. IMPORT_ERROR_NO_POLICY,
 * STORE_ERROR. Strong references. */
gboolean life_cycle_export(const LifeCycle *life, guint64 number, GBytes **ret_document,
                           GBytes **ret_signature, GError **error);

/* Newest first; element type Generation. Empty where there is no store. */
GPtrArray *life_cycle_generations(const LifeCycle *life);

const PolicyRecord *life_cycle_in_force(const LifeCycle *life);

/* CLOCK_REALTIME microseconds until when to confirm; 0: nothing to confirm. */
guint64 life_cycle_confirm_until(const LifeCycle *life);

/* Sentences; NULL-terminated, owned by @life, good until control returns to the event loop. */
const char *const *life_cycle_problems(const LifeCycle *life);
