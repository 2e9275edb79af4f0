/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "daemon/audit.h"
#include "daemon/life-cycle-private.h"
#include "daemon/state/boot-clock.h"

struct PendingImport {
    LifeCycle *life;
    ImportRequest *request;
    PolicyRecord *candidate;
    const PolicyRecord *measured_by; /* what was in force when the trials were chosen */
    PasswordJob *job;
    LifeCycleImported done;
    gpointer data;
};

static void pending_import_free(PendingImport *pending)
{
    if (!pending)
        return;
    password_job_free(pending->job);
    import_request_free(pending->request);
    policy_record_free(pending->candidate);
    g_free(pending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PendingImport, pending_import_free)

void life_cycle_abandon_import(LifeCycle *life)
{
    g_autoptr(PendingImport) pending = g_steal_pointer(&life->pending);
    if (!pending)
        return;
    g_autoptr(GError) error =
        g_error_new_literal(IMPORT_ERROR, IMPORT_ERROR_ABANDONED,
                            "secpold stops and has imported nothing; import again when it is back");
    pending->done(0, error, pending->data);
}

/* What the store keeps of the import; FALSE where the boot has no name to count a deadline in. */
static gboolean make_meta(const LifeCycle *life, const ImportRequest *request,
                          const PolicyRecord *candidate, GenerationMeta *ret_meta, GError **error)
{
    g_autofree char *boot_id = NULL;
    if (request->confirm_sec == 0) {
        boot_id = g_strdup("");
    } else {
        boot_id = boot_clock_id(error);
        if (!boot_id)
            return FALSE;
    }

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
    life_cycle_clear_problems(life);
    if (meta.confirmed && !life_cycle_raise_floor(life, record, &failure))
        life_cycle_add_problem(life, failure->message);
    life_cycle_put_in_force(life, g_steal_pointer(&record));
    return TRUE;
}

static void finish(PendingImport *pending)
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

static void raise_floor(guint64 *floor, char **digest, guint64 serial, const char *of_digest)
{
    if (serial <= *floor)
        return;
    *floor = serial;
    g_free(*digest);
    *digest = g_strdup(of_digest);
}

/* The serial that a document has to reach. Confirmed policies count as well: where the floor could
 * not be written, or was lost, theirs are not in it. */
static void find_floor(const LifeCycle *life, ImportRules *rules, char **ret_digest)
{
    const PolicyRecord *record = life->in_force;
    g_autoptr(GPtrArray) generations = store_list(life->store);

    store_serial_floor(life->store, &rules->serial_floor, ret_digest);
    if (record->origin == POLICY_ORIGIN_IMPORTED && record->deadline_usec == 0)
        raise_floor(&rules->serial_floor, ret_digest, policy_record_serial(record), record->digest);
    for (guint i = 0; i < generations->len; i++) {
        const GenerationMeta *meta = &((Generation *)g_ptr_array_index(generations, i))->meta;
        if (meta->confirmed)
            raise_floor(&rules->serial_floor, ret_digest, meta->serial, meta->digest);
    }
    rules->floor_digest = *ret_digest;
}

static PolicyRecord *examine(const LifeCycle *life, const ImportRequest *request, GError **error)
{
    const DeviceProfile *profile = life->owner->profile(life->data);
    if (!profile) {
        g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_NO_PROFILE,
                            "The device profile cannot be used, so it is not known which policies "
                            "may be let in; repair it and reload secpold");
        return NULL;
    }
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

/* Meanwhile a confirmation may have raised the serial floor, or another profile ask for more. */
static gboolean examine_again(PendingImport *pending, GError **error)
{
    policy_record_free(pending->candidate);
    pending->candidate = examine(pending->life, pending->request, error);
    return pending->candidate != NULL;
}

static void answer(LifeCycle *life, PendingImport *pending, gboolean opened, const GError *failure)
{
    g_autoptr(GError) error = failure ? g_error_copy(failure) : NULL;

    if (!error && !opened)
        g_set_error_literal(&error, IMPORT_ERROR, IMPORT_ERROR_PASSWORD_MISMATCH,
                            "The password is not the one that the device or the document holds");
    if (!error && pending->measured_by != life->in_force)
        g_set_error_literal(&error, IMPORT_ERROR, IMPORT_ERROR_IN_PROGRESS,
                            "Another policy came into force meanwhile; import again");
    if (error || !attempts_succeeded(life->attempts, &error) || !examine_again(pending, &error)) {
        audit_import_refused(pending->request->uid, pending->request->unit, error->message);
        pending->done(0, error, pending->data);
        return;
    }
    finish(pending);
}

static void on_passwords_tried(gboolean opened, const GError *failure, gpointer data)
{
    g_autoptr(PendingImport) pending = data;
    LifeCycle *life = pending->life;

    life->pending = NULL;
    answer(life, pending, opened, failure);
}

static gboolean try_passwords(LifeCycle *life, PendingImport *pending, const PasswordTrial *trials,
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

static gboolean can_import(const LifeCycle *life, GError **error)
{
    if (life->pending) {
        g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_IN_PROGRESS,
                            "Another import is under way; try again in a second");
        return FALSE;
    }
    return life_cycle_need_store(life, error);
}

static gboolean is_in_force(const LifeCycle *life, const PolicyRecord *candidate)
{
    return life->in_force->origin == POLICY_ORIGIN_IMPORTED && life->in_force->deadline_usec == 0 &&
           g_str_equal(life->in_force->digest, candidate->digest) &&
           g_bytes_equal(life->in_force->signature, candidate->signature);
}

/* The next start has to find what is in force; where the store has lost it meanwhile, importing it
 * again is how it gets back there. */
static gboolean is_stored(const LifeCycle *life)
{
    g_autoptr(Generation) kept = store_load(life->store, life->in_force->generation, NULL);

    return kept && g_str_equal(kept->meta.digest, life->in_force->digest) &&
           g_bytes_equal(kept->signature, life->in_force->signature);
}

/* TRUE where the answer was given or will be. */
static gboolean begin_import(LifeCycle *life, PendingImport *pending, gboolean *ret_later,
                             GError **error)
{
    PasswordTrial trials[PASSWORD_JOB_MAX_TRIALS];
    gsize n_trials;

    if (!can_import(life, error))
        return FALSE;
    pending->candidate = examine(life, pending->request, error);
    if (!pending->candidate)
        return FALSE;
    if (is_in_force(life, pending->candidate) && is_stored(life)) {
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
    g_autoptr(PendingImport) pending = g_new0(PendingImport, 1);
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
