/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/life-cycle.h"

#include <inttypes.h>

#include "daemon/audit.h"
#include "daemon/initial-policy.h"
#include "daemon/life-cycle-private.h"
#include "daemon/provision.h"
#include "daemon/state/boot-clock.h"
#include "daemon/state/seal-record.h"

LifeCycle *life_cycle_new(sd_event *event, const char *state_directory, const char *policy_path,
                          const LifeCycleOwner *owner, gpointer data)
{
    LifeCycle *life = g_new0(LifeCycle, 1);
    g_autofree char *attempts = g_build_filename(state_directory, "attempts", NULL);

    life->seal_path = g_build_filename(state_directory, "seal", NULL);
    life->event = event;
    life->state_directory = g_strdup(state_directory);
    life->policy_path = g_strdup(policy_path);
    life->owner = owner;
    life->data = data;
    life->attempts = attempts_new(attempts);
    life->in_force = policy_record_new_none();
    life->problems = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(life->problems, NULL);
    return life;
}

void life_cycle_free(LifeCycle *life)
{
    if (!life)
        return;
    life_cycle_abandon_import(life);
    sd_event_source_disable_unref(life->deadline);
    life_cycle_ignore_mounts(life);
    g_ptr_array_unref(life->problems);
    policy_record_free(life->in_force);
    attempts_free(life->attempts);
    store_free(life->store);
    g_free(life->policy_path);
    g_free(life->seal_path);
    g_free(life->state_directory);
    g_free(life);
}

void life_cycle_add_problem(LifeCycle *life, const char *problem)
{
    audit_degraded(problem);
    g_ptr_array_insert(life->problems, (gint)life->problems->len - 1, message_to_sentence(problem));
}

static void add_failure(LifeCycle *life, const char *what, const GError *error)
{
    g_autofree char *problem = g_strdup_printf("%s: %s", what, error->message);
    life_cycle_add_problem(life, problem);
}

static void add_problems(LifeCycle *life, GStrv problems)
{
    for (gsize i = 0; problems[i]; i++)
        life_cycle_add_problem(life, problems[i]);
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data);

static void watch_deadline(LifeCycle *life)
{
    life->deadline = sd_event_source_disable_unref(life->deadline);
    if (life->in_force->deadline_usec > 0)
        sd_event_add_time(life->event, &life->deadline, CLOCK_BOOTTIME,
                          life->in_force->deadline_usec, 0, on_deadline, life);
}

/* The password that holds is that of the last import that was confirmed. */
static void record_seal(LifeCycle *life)
{
    const PolicyRecord *record = life->in_force;
    g_autoptr(GError) error = NULL;

    if (!seal_record_save(life->seal_path, record->sealed ? &record->key : NULL, &error))
        add_failure(life, "The setting password cannot be recorded", error);
}

/* A policy that was not imported, or an older one, may be in force in place of one that cannot be
 * read any more. Then the password of that one still holds: losing a policy must not be a way to be
 * rid of it. A record that cannot be read is a seal that nobody can open. */
static void apply_recorded_seal(LifeCycle *life, PolicyRecord *record)
{
    g_autoptr(GError) error = NULL;
    SealKey key = {0};

    if (!seal_record_load(life->seal_path, &key, &error) && !error)
        return;
    if (error)
        add_failure(life, "It cannot be told which setting password holds", error);
    record->sealed = TRUE;
    record->key = key;
}

void life_cycle_put_in_force(LifeCycle *life, PolicyRecord *record)
{
    policy_record_free(life->in_force);
    life->in_force = record;
    if (record->origin != POLICY_ORIGIN_IMPORTED || store_lost_current(life->store))
        apply_recorded_seal(life, record);
    else if (record->deadline_usec == 0)
        record_seal(life);
    watch_deadline(life);
    life->owner->enforce(record, life->data);
}

void life_cycle_start(LifeCycle *life)
{
    g_auto(InitialPolicy) initial = {0};

    /* Before looking, or a mount in between would go unnoticed. */
    life_cycle_watch_mounts(life);
    initial_policy_find(life->state_directory, life->policy_path, &initial);
    life->store = g_steal_pointer(&initial.store);
    if (life->store)
        life_cycle_ignore_mounts(life);
    add_problems(life, initial.problems);
    life_cycle_put_in_force(life, g_steal_pointer(&initial.record));
}

void life_cycle_clear_problems(LifeCycle *life)
{
    g_ptr_array_remove_range(life->problems, 0, life->problems->len - 1);
}

gboolean life_cycle_reload(LifeCycle *life, GError **error)
{
    /* Whatever was in the way of a better policy may be gone. */
    if (life->in_force->origin == POLICY_ORIGIN_FALLBACK) {
        g_clear_pointer(&life->store, store_free);
        life_cycle_clear_problems(life);
        life_cycle_start(life);
        return TRUE;
    }
    if (life->in_force->origin == POLICY_ORIGIN_IMPORTED) {
        life->owner->enforce(life->in_force, life->data);
        return TRUE;
    }

    PolicyRecord *record;
    if (!provisioned_policy_load(life->policy_path, &record, error))
        return FALSE;
    if (!record && life->in_force->origin != POLICY_ORIGIN_NONE) {
        g_set_error(error, PROVISION_ERROR, PROVISION_ERROR_POLICY_GONE,
                    "%s is gone; to lift a policy, provision one that asks for nothing",
                    life->policy_path ? life->policy_path : "default.policy");
        return FALSE;
    }
    life_cycle_put_in_force(life, record ? record : policy_record_new_none());
    return TRUE;
}

/* *ret_record is NULL where what is in force was the first import. */
static gboolean load_previous(const LifeCycle *life, PolicyRecord **ret_record, GError **error)
{
    if (life->in_force->previous == 0)
        return TRUE;
    g_autoptr(Generation) generation = store_load(life->store, life->in_force->previous, error);
    *ret_record = generation ? policy_record_new_imported(generation, error) : NULL;
    return *ret_record != NULL;
}

static PolicyRecord *find_without_import(LifeCycle *life)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    PolicyRecord *record = initial_policy_without_import(life->store, life->policy_path, builder);
    g_auto(GStrv) problems = g_strv_builder_end(builder);

    add_problems(life, problems);
    return record;
}

/* Takes @previous. */
static void take_back(LifeCycle *life, PolicyRecord *previous)
{
    life_cycle_put_in_force(life, previous ? previous : find_without_import(life));
}

static gboolean is_unconfirmed(const LifeCycle *life, GError **error)
{
    if (life->in_force->deadline_usec > 0)
        return TRUE;
    g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_NOTHING_TO_CONFIRM,
                        "The policy in force waits for no confirmation");
    return FALSE;
}

gboolean life_cycle_revert(LifeCycle *life, guint32 uid, const char *unit, GError **error)
{
    g_autoptr(PolicyRecord) record = NULL;

    if (!is_unconfirmed(life, error) || !load_previous(life, &record, error) ||
        !store_revert_to(life->store, life->in_force->previous, error))
        return FALSE;
    audit_reverted(life->in_force->generation, life->in_force->previous, uid, unit);
    take_back(life, g_steal_pointer(&record));
    return TRUE;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data)
{
    LifeCycle *life = data;
    g_autoptr(PolicyRecord) record = NULL;
    g_autoptr(GError) error = NULL;

    /* The unconfirmed policy stays rather than none; the next start tries again. */
    if (!load_previous(life, &record, &error)) {
        add_failure(life, "The policy was not confirmed in time and cannot be taken back", error);
        life->owner->changed(life->data);
        return 0;
    }
    /* Nobody who is locked out shall have to wait for a disk with room: by the store the policy is
     * overdue, so that the next start takes it back again. */
    if (!store_revert_to(life->store, life->in_force->previous, &error))
        add_failure(life, "The policy was taken back, but the store cannot be changed", error);
    audit_lapsed(life->in_force->generation, life->in_force->previous);
    take_back(life, g_steal_pointer(&record));
    return 0;
}

gboolean life_cycle_need_store(const LifeCycle *life, GError **error)
{
    if (life->store)
        return TRUE;
    g_set_error_literal(
        error, STORE_ERROR, STORE_ERROR_UNAVAILABLE,
        "There is nowhere to keep a policy; see the problems in 'secpolctl status'");
    return FALSE;
}

gboolean life_cycle_raise_floor(LifeCycle *life, const PolicyRecord *record, GError **error)
{
    guint64 floor;
    g_autofree char *digest = NULL;

    store_serial_floor(life->store, &floor, &digest);
    return policy_record_serial(record) < floor ||
           store_raise_serial_floor(life->store, policy_record_serial(record), record->digest,
                                    error);
}

gboolean life_cycle_confirm(LifeCycle *life, guint64 number, guint32 uid, const char *unit,
                            GError **error)
{
    if (!is_unconfirmed(life, error))
        return FALSE;
    if (number != life->in_force->generation) {
        g_set_error(error, IMPORT_ERROR, IMPORT_ERROR_NOTHING_TO_CONFIRM,
                    "Generation %" PRIu64 " waits for confirmation, not %" PRIu64,
                    life->in_force->generation, number);
        return FALSE;
    }

    g_autoptr(Generation) generation = store_load(life->store, number, error);
    if (!generation || !life_cycle_raise_floor(life, life->in_force, error) ||
        !store_confirm(life->store, generation, error))
        return FALSE;
    life->in_force->deadline_usec = 0;
    record_seal(life);
    watch_deadline(life);
    audit_confirmed(number, uid, unit);
    life->owner->changed(life->data);
    return TRUE;
}

gboolean life_cycle_export(const LifeCycle *life, guint64 number, GBytes **ret_document,
                           GBytes **ret_signature, GError **error)
{
    if (number == 0 || number == life->in_force->generation) {
        if (!life->in_force->document) {
            g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_NO_POLICY,
                                "There is no policy in force that could be exported");
            return FALSE;
        }
        *ret_document = g_bytes_ref(life->in_force->document);
        *ret_signature = g_bytes_ref(life->in_force->signature);
        return TRUE;
    }

    if (!life_cycle_need_store(life, error))
        return FALSE;
    g_autoptr(Generation) generation = store_load(life->store, number, error);
    if (!generation)
        return FALSE;
    *ret_document = g_bytes_ref(generation->document);
    *ret_signature = g_bytes_ref(generation->signature);
    return TRUE;
}

GPtrArray *life_cycle_generations(const LifeCycle *life)
{
    return life->store ? store_list(life->store)
                       : g_ptr_array_new_with_free_func((GDestroyNotify)generation_free);
}

const PolicyRecord *life_cycle_in_force(const LifeCycle *life)
{
    return life->in_force;
}

guint64 life_cycle_confirm_until(const LifeCycle *life)
{
    const guint64 now = boot_clock_now();
    const guint64 deadline = life->in_force->deadline_usec;

    if (deadline == 0)
        return 0;
    return (guint64)g_get_real_time() + (deadline > now ? deadline - now : 0);
}

const char *const *life_cycle_problems(const LifeCycle *life)
{
    return (const char *const *)life->problems->pdata;
}
