/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/initial-policy.h"

#include "daemon/audit.h"
#include "daemon/provision.h"
#include "daemon/state/boot-clock.h"

void initial_policy_clear(InitialPolicy *initial)
{
    store_free(initial->store);
    policy_record_free(initial->record);
    g_strfreev(initial->problems);
}

static gboolean accept(const Generation *generation, gpointer data, GError **error)
{
    g_autoptr(PolicyRecord) record = policy_record_new_imported(generation, error);
    return record != NULL;
}

static Generation *load_current(Store *store, GStrvBuilder *problems)
{
    g_auto(GStrv) damaged = NULL;
    Generation *generation = store_load_current(store, accept, NULL, &damaged);

    g_strv_builder_addv(problems, (const char **)damaged);
    return generation;
}

static gboolean is_overdue(const Generation *generation)
{
    g_autofree char *boot_id = boot_clock_id(NULL);

    return !generation->meta.confirmed && (g_strcmp0(generation->meta.boot_id, boot_id) != 0 ||
                                           boot_clock_now() >= generation->meta.deadline_usec);
}

/* The generation to be in force, with what was not confirmed taken back; NULL where there is none.
 */
static Generation *find_generation(Store *store, GStrvBuilder *problems)
{
    g_autoptr(Generation) generation = load_current(store, problems);

    while (generation && is_overdue(generation)) {
        g_autoptr(GError) error = NULL;
        const guint64 previous = generation->meta.previous;
        if (!store_revert_to(store, previous, &error)) {
            g_strv_builder_add(problems, error->message);
            break;
        }
        audit_reverted(generation->number, previous);
        generation_free(g_steal_pointer(&generation));
        if (previous > 0)
            generation = load_current(store, problems);
    }
    return g_steal_pointer(&generation);
}

static PolicyRecord *take_fallback(GStrvBuilder *problems, const char *what, const char *reason)
{
    g_autofree char *problem = g_strdup_printf("%s, so the fallback is in force: %s", what, reason);

    audit_fallback(what, reason);
    g_strv_builder_add(problems, problem);
    return policy_record_new_fallback();
}

static PolicyRecord *find_provisioned(const char *path, gboolean was_used, GStrvBuilder *problems)
{
    g_autoptr(GError) error = NULL;
    PolicyRecord *record;

    if (!provisioned_policy_load(path, &record, &error))
        return take_fallback(problems, "The provisioned policy cannot be used", error->message);
    if (record)
        return record;
    if (was_used)
        return take_fallback(problems, "No imported policy can be read",
                             "the store has had one, and none was provisioned");
    return policy_record_new_none();
}

static PolicyRecord *find_imported(Store *store, GStrvBuilder *problems)
{
    g_autoptr(Generation) generation = find_generation(store, problems);
    return generation ? policy_record_new_imported(generation, NULL) : NULL;
}

void initial_policy_find(const char *state_directory, const char *policy_path,
                         InitialPolicy *ret_initial)
{
    g_autoptr(GStrvBuilder) problems = g_strv_builder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(state_directory, &error);
    PolicyRecord *record = NULL;

    if (!store) {
        record = take_fallback(problems, "The store of policies is not available", error->message);
    } else {
        record = find_imported(store, problems);
        if (!record)
            record = find_provisioned(policy_path, store_was_used(store), problems);
    }
    *ret_initial = (InitialPolicy){
        .store = g_steal_pointer(&store),
        .record = record,
        .problems = g_strv_builder_end(problems),
    };
}
