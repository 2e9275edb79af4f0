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

/* A generation and the policy in it; both NULL where there is none. */
typedef struct Found {
    Generation *generation;
    PolicyRecord *record;
} Found;

static void found_clear(Found *found)
{
    g_clear_pointer(&found->generation, generation_free);
    g_clear_pointer(&found->record, policy_record_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

/* Whether a generation can be used is known by making its policy, which is kept. */
static gboolean accept(const Generation *generation, gpointer data, GError **error)
{
    Found *found = data;

    found->record = policy_record_new_imported(generation, error);
    return found->record != NULL;
}

static gboolean load_current(Store *store, Found *found, GStrvBuilder *problems, GError **error)
{
    g_auto(GStrv) damaged = NULL;

    found_clear(found);
    if (!store_load_current(store, accept, found, &found->generation, &damaged, error))
        return FALSE;
    g_strv_builder_addv(problems, (const char **)damaged);
    return TRUE;
}

static gboolean is_overdue(const Generation *generation)
{
    g_autofree char *boot_id = boot_clock_id(NULL);

    return !generation->meta.confirmed && (g_strcmp0(generation->meta.boot_id, boot_id) != 0 ||
                                           boot_clock_now() >= generation->meta.deadline_usec);
}

/* What is to be in force, with what was not confirmed taken back. */
static gboolean find_current(Store *store, Found *found, GStrvBuilder *problems, GError **error)
{
    if (!load_current(store, found, problems, error))
        return FALSE;

    while (found->generation && is_overdue(found->generation)) {
        g_autoptr(GError) failure = NULL;
        const guint64 number = found->generation->number;
        const guint64 previous = found->generation->meta.previous;
        if (!store_revert_to(store, previous, &failure)) {
            g_strv_builder_add(problems, failure->message);
            break;
        }
        audit_lapsed(number, previous);
        if (!load_current(store, found, problems, error))
            return FALSE;
    }
    return TRUE;
}

static PolicyRecord *take_fallback(GStrvBuilder *problems, const char *what, const char *reason)
{
    g_autofree char *problem = g_strdup_printf("%s, so the fallback is in force: %s", what, reason);

    audit_fallback(problem);
    g_strv_builder_add(problems, problem);
    return policy_record_new_fallback();
}

PolicyRecord *initial_policy_without_import(const Store *store, const char *policy_path,
                                            GStrvBuilder *problems)
{
    g_autoptr(GError) error = NULL;
    PolicyRecord *record;

    if (!provisioned_policy_load(policy_path, &record, &error))
        return take_fallback(problems, "The provisioned policy cannot be used", error->message);
    if (record)
        return record;
    if (store_was_used(store))
        return take_fallback(problems, "No imported policy can be read",
                             "the store has had one, and none was provisioned");
    return policy_record_new_none();
}

/* What the store, which is available, leads to. */
static PolicyRecord *find_record(Store *store, const char *policy_path, GStrvBuilder *problems)
{
    g_auto(Found) found = {0};
    g_autoptr(GError) error = NULL;

    if (!find_current(store, &found, problems, &error))
        return take_fallback(problems, "The store of policies cannot be read", error->message);
    return found.record ? g_steal_pointer(&found.record)
                        : initial_policy_without_import(store, policy_path, problems);
}

void initial_policy_find(const char *state_directory, const char *policy_path,
                         InitialPolicy *ret_initial)
{
    g_autoptr(GStrvBuilder) problems = g_strv_builder_new();
    g_autoptr(GError) error = NULL;
    Store *store = store_open(state_directory, &error);

    ret_initial->store = store;
    ret_initial->record =
        store ? find_record(store, policy_path, problems)
              : take_fallback(problems, "The store of policies is not available", error->message);
    ret_initial->problems = g_strv_builder_end(problems);
}
