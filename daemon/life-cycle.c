/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/life-cycle.h"

#include <inttypes.h>

#include "daemon/audit.h"
#include "daemon/initial-policy.h"
#include "daemon/provision.h"
#include "daemon/state/attempts.h"
#include "daemon/state/boot-clock.h"

struct LifeCycle {
    sd_event *event;
    char *state_directory;
    char *policy_path;
    const LifeCycleOwner *owner;
    gpointer data;
    Store *store; /* NULL where it is not available */
    Attempts *attempts;
    PolicyRecord *in_force;
    GPtrArray *problems; /* element type char, NULL-terminated */
    sd_event_source *deadline;
    struct Pending *pending; /* the import that is under way */
};

/* An import whose passwords are being tried. */
typedef struct Pending {
    LifeCycle *life;
    ImportRequest *request;
    PolicyRecord *candidate;
    const PolicyRecord *measured_by; /* what was in force when the trials were chosen */
    PasswordJob *job;
    LifeCycleImported done;
    gpointer data;
} Pending;

static void pending_free(Pending *pending)
{
    if (!pending)
        return;
    password_job_free(pending->job);
    import_request_free(pending->request);
    policy_record_free(pending->candidate);
    g_free(pending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pending, pending_free)

LifeCycle *life_cycle_new(sd_event *event, const char *state_directory, const char *policy_path,
                          const LifeCycleOwner *owner, gpointer data)
{
    LifeCycle *life = g_new0(LifeCycle, 1);
    g_autofree char *attempts = g_build_filename(state_directory, "attempts", NULL);

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
    pending_free(life->pending);
    sd_event_source_disable_unref(life->deadline);
    g_ptr_array_unref(life->problems);
    policy_record_free(life->in_force);
    attempts_free(life->attempts);
    store_free(life->store);
    g_free(life->policy_path);
    g_free(life->state_directory);
    g_free(life);
}

static void add_problem(LifeCycle *life, const char *problem)
{
    audit_degraded(problem);
    g_ptr_array_insert(life->problems, (gint)life->problems->len - 1, message_to_sentence(problem));
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data);

static void watch_deadline(LifeCycle *life)
{
    life->deadline = sd_event_source_disable_unref(life->deadline);
    if (life->in_force->deadline_usec > 0)
        sd_event_add_time(life->event, &life->deadline, CLOCK_BOOTTIME,
                          life->in_force->deadline_usec, 0, on_deadline, life);
}

static void put_in_force(LifeCycle *life, PolicyRecord *record)
{
    policy_record_free(life->in_force);
    life->in_force = record;
    watch_deadline(life);
    life->owner->enforce(record, life->data);
}

void life_cycle_start(LifeCycle *life)
{
    g_auto(InitialPolicy) initial = {0};

    initial_policy_find(life->state_directory, life->policy_path, &initial);
    life->store = g_steal_pointer(&initial.store);
    for (gsize i = 0; initial.problems[i]; i++)
        add_problem(life, initial.problems[i]);
    put_in_force(life, g_steal_pointer(&initial.record));
}

static void clear_problems(LifeCycle *life)
{
    g_ptr_array_remove_range(life->problems, 0, life->problems->len - 1);
}

gboolean life_cycle_reload(LifeCycle *life, GError **error)
{
    /* Whatever was in the way of a better policy may be gone. */
    if (life->in_force->origin == POLICY_ORIGIN_FALLBACK) {
        g_clear_pointer(&life->store, store_free);
        clear_problems(life);
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
        g_set_error(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_POLICY,
                    "It is gone; to lift a policy, provision one that asks for nothing");
        return FALSE;
    }
    put_in_force(life, record ? record : policy_record_new_none());
    return TRUE;
}

/* The policy that gives way to nothing else: what a revert of the first import leads back to. */
static PolicyRecord *load_provisioned(LifeCycle *life)
{
    g_autoptr(GError) error = NULL;
    PolicyRecord *record = NULL;

    if (!provisioned_policy_load(life->policy_path, &record, &error)) {
        add_problem(life, error->message);
        return policy_record_new_fallback();
    }
    return record ? record : policy_record_new_none();
}

static PolicyRecord *load_previous(LifeCycle *life, guint64 number, GError **error)
{
    if (number == 0)
        return load_provisioned(life);

    g_autoptr(Generation) generation = store_load(life->store, number, error);
    return generation ? policy_record_new_imported(generation, error) : NULL;
}

static gboolean is_unconfirmed(const LifeCycle *life, GError **error)
{
    if (life->in_force->deadline_usec > 0)
        return TRUE;
    g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_NOTHING_TO_CONFIRM,
                        "The policy in force waits for no confirmation");
    return FALSE;
}

gboolean life_cycle_revert(LifeCycle *life, GError **error)
{
    if (!is_unconfirmed(life, error))
        return FALSE;

    const guint64 previous = life->in_force->previous;
    PolicyRecord *record = load_previous(life, previous, error);
    if (!record || !store_revert_to(life->store, previous, error)) {
        policy_record_free(record);
        return FALSE;
    }
    audit_reverted(life->in_force->generation, previous);
    put_in_force(life, record);
    return TRUE;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *data)
{
    LifeCycle *life = data;
    g_autoptr(GError) error = NULL;

    if (life_cycle_revert(life, &error))
        return 0;
    /* The unconfirmed policy stays rather than none; the next start tries again. */
    g_autofree char *problem = g_strdup_printf(
        "The policy was not confirmed in time and cannot be taken back: %s", error->message);
    add_problem(life, problem);
    life->owner->changed(life->data);
    return 0;
}

static gboolean raise_floor(LifeCycle *life, const PolicyRecord *record, GError **error)
{
    guint64 floor;
    g_autofree char *digest = NULL;

    store_serial_floor(life->store, &floor, &digest);
    return policy_record_serial(record) < floor ||
           store_raise_serial_floor(life->store, policy_record_serial(record), record->digest,
                                    error);
}

gboolean life_cycle_confirm(LifeCycle *life, guint64 number, GError **error)
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
    if (!generation || !raise_floor(life, life->in_force, error) ||
        !store_confirm(life->store, generation, error))
        return FALSE;
    life->in_force->deadline_usec = 0;
    watch_deadline(life);
    audit_confirmed(number);
    life->owner->changed(life->data);
    return TRUE;
}

/* What the store keeps of the import; FALSE where the boot has no name to count a deadline in. */
static gboolean make_meta(const LifeCycle *life, const ImportRequest *request,
                          const PolicyRecord *candidate, GenerationMeta *ret_meta, GError **error)
{
    g_autofree char *boot_id = request->confirm_sec > 0 ? boot_clock_id(error) : g_strdup("");
    if (!boot_id)
        return FALSE;

    *ret_meta = (GenerationMeta){
        .name = g_strdup(policy_record_name(candidate)),
        .serial = policy_record_serial(candidate),
        .digest = g_strdup(candidate->digest),
        .imported_usec = (guint64)g_get_real_time(),
        .uid = request->uid,
        .unit = g_strdup(request->unit),
        .signer = g_strdup(candidate->signer),
        /* What waits for its own confirmation is nothing to go back to. */
        .previous = life->in_force->deadline_usec > 0 ? life->in_force->previous
                                                      : life->in_force->generation,
        .confirmed = request->confirm_sec == 0,
        .boot_id = g_steal_pointer(&boot_id),
        .deadline_usec = request->confirm_sec == 0
                             ? 0
                             : boot_clock_now() + request->confirm_sec * G_USEC_PER_SEC,
    };
    return TRUE;
}

/* Durable first, in force then: what the caller is told is never more than what is on disk. Nothing
 * may fail once it is there. Takes @candidate. */
static gboolean commit(LifeCycle *life, const ImportRequest *request, PolicyRecord *candidate,
                       GError **error)
{
    g_autoptr(PolicyRecord) record = candidate;
    g_auto(GenerationMeta) meta = {0};

    if (!make_meta(life, request, record, &meta, error) ||
        !store_add(life->store, request->document, request->signature, &meta, &record->generation,
                   error))
        return FALSE;
    record->imported_usec = meta.imported_usec;
    record->previous = meta.previous;
    record->deadline_usec = meta.deadline_usec;
    audit_imported(record->generation, meta.name, meta.digest, meta.uid, meta.unit);

    g_autoptr(GError) failure = NULL;
    clear_problems(life);
    if (meta.confirmed && !raise_floor(life, record, &failure))
        add_problem(life, failure->message);
    put_in_force(life, g_steal_pointer(&record));
    return TRUE;
}

static void finish(Pending *pending)
{
    LifeCycle *life = pending->life;
    g_autoptr(GError) error = NULL;

    if (!commit(life, pending->request, g_steal_pointer(&pending->candidate), &error)) {
        audit_import_refused(pending->request->uid, pending->request->unit, error->message);
        pending->done(0, error, pending->data);
        return;
    }
    pending->done(life->in_force->generation, NULL, pending->data);
}

static void answer(LifeCycle *life, Pending *pending, gboolean opened, const GError *failure)
{
    g_autoptr(GError) error = failure ? g_error_copy(failure) : NULL;

    if (!error && !opened)
        g_set_error_literal(&error, IMPORT_ERROR, IMPORT_ERROR_PASSWORD_MISMATCH,
                            "The password is not the one that the device or the document holds");
    if (!error && pending->measured_by != life->in_force)
        g_set_error_literal(&error, IMPORT_ERROR, IMPORT_ERROR_IN_PROGRESS,
                            "Another policy came into force meanwhile; import again");
    if (!error)
        attempts_succeeded(life->attempts, &error);
    if (error) {
        audit_import_refused(pending->request->uid, pending->request->unit, error->message);
        pending->done(0, error, pending->data);
        return;
    }
    finish(pending);
}

static void on_passwords_tried(gboolean opened, const GError *failure, gpointer data)
{
    g_autoptr(Pending) pending = data;
    LifeCycle *life = pending->life;

    life->pending = NULL;
    answer(life, pending, opened, failure);
}

static gboolean try_passwords(LifeCycle *life, Pending *pending, const PasswordTrial *trials,
                              gsize n_trials, GError **error)
{
    if (!attempts_begin(life->attempts, error))
        return FALSE;
    pending->measured_by = life->in_force;
    pending->job =
        password_job_start(life->event, trials, n_trials, on_passwords_tried, pending, error);
    if (!pending->job)
        return FALSE;
    life->pending = pending;
    return TRUE;
}

/* The serial that a document has to reach. What is in force counts as well: its own may be missing
 * from the store where that could not be written. */
static void find_floor(const LifeCycle *life, ImportRules *rules, char **ret_digest)
{
    const PolicyRecord *record = life->in_force;

    store_serial_floor(life->store, &rules->serial_floor, ret_digest);
    if (record->origin == POLICY_ORIGIN_IMPORTED && record->deadline_usec == 0 &&
        policy_record_serial(record) > rules->serial_floor) {
        rules->serial_floor = policy_record_serial(record);
        g_free(*ret_digest);
        *ret_digest = g_strdup(record->digest);
    }
    rules->floor_digest = *ret_digest;
}

static PolicyRecord *examine(const LifeCycle *life, const ImportRequest *request, GError **error)
{
    const DeviceProfile *profile = life->owner->profile(life->data);
    g_autofree char *digest = NULL;
    g_autoptr(TrustedKeys) keys = trusted_keys_load(device_profile_trusted_keys(profile), error);
    if (!keys)
        return NULL;

    ImportRules rules = {
        .keys = keys,
        .require_signature = device_profile_require_signature(profile),
        .allow_older_serial = device_profile_allow_older_serial(profile),
    };
    find_floor(life, &rules, &digest);
    return import_examine(request, &rules, error);
}

static gboolean can_import(const LifeCycle *life, GError **error)
{
    if (life->pending) {
        g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_IN_PROGRESS,
                            "Another import is under way; try again in a second");
        return FALSE;
    }
    if (!life->store) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_UNAVAILABLE,
                            "There is nowhere to keep a policy; see the problems in "
                            "'secpolctl status'");
        return FALSE;
    }
    return TRUE;
}

static gboolean is_in_force(const LifeCycle *life, const PolicyRecord *candidate)
{
    return life->in_force->origin == POLICY_ORIGIN_IMPORTED && life->in_force->deadline_usec == 0 &&
           g_str_equal(life->in_force->digest, candidate->digest) &&
           g_bytes_equal(life->in_force->signature, candidate->signature);
}

/* TRUE where the answer was given or will be. */
static gboolean begin_import(LifeCycle *life, Pending *pending, gboolean *ret_later, GError **error)
{
    PasswordTrial trials[PASSWORD_JOB_MAX_TRIALS];
    gsize n_trials;

    if (!can_import(life, error))
        return FALSE;
    pending->candidate = examine(life, pending->request, error);
    if (!pending->candidate)
        return FALSE;
    if (is_in_force(life, pending->candidate)) {
        pending->done(life->in_force->generation, NULL, pending->data);
        return TRUE;
    }
    if (!import_trials(pending->request, life->in_force, pending->candidate, trials, &n_trials,
                       error))
        return FALSE;
    if (n_trials == 0) {
        finish(pending);
        return TRUE;
    }
    *ret_later = try_passwords(life, pending, trials, n_trials, error);
    return *ret_later;
}

void life_cycle_import(LifeCycle *life, ImportRequest *request, LifeCycleImported done,
                       gpointer data)
{
    g_autoptr(Pending) pending = g_new0(Pending, 1);
    g_autoptr(GError) error = NULL;
    gboolean later = FALSE;

    pending->life = life;
    pending->request = request;
    pending->done = done;
    pending->data = data;
    if (!begin_import(life, pending, &later, &error)) {
        audit_import_refused(request->uid, request->unit, error->message);
        done(0, error, data);
    }
    if (later)
        (void)g_steal_pointer(&pending);
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

    if (!can_import(life, error))
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
