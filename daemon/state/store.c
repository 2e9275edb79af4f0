/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/files/file-io.h"
#include "daemon/state/mount-check.h"
#include "daemon/state/store-layout.h"

G_DEFINE_QUARK(secpold_store_error, store_error)

/* After a crash: the folder that was being written, and generations that never became current. With
 * no link at all nothing is known to be in force, and nothing is thrown away. */
static gboolean clear_leftovers(const Store *store, GError **error)
{
    const guint64 current = store_current_number(store);
    g_autofree char *fresh = store_fresh_path(store);
    g_autoptr(GArray) numbers = store_list_numbers(store, error);

    store_remove_folder(fresh);
    for (guint i = 0; numbers && current > 0 && i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) > current)
            store_remove_generation(store, g_array_index(numbers, guint64, i));
    return numbers != NULL;
}

static gboolean make_directories(const Store *store, GError **error)
{
    if (g_mkdir_with_parents(store->policies, 0700) < 0)
        return file_error_set(error, store->policies, "cannot create", errno);
    return TRUE;
}

/* A file system that has become read-only can still be read: nothing is changed without need. */
static gboolean make_private(const Store *store, GError **error)
{
    struct stat status;

    if (stat(store->directory, &status) < 0)
        return file_error_set(error, store->directory, "cannot look at it", errno);
    if (status.st_uid != geteuid()) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_UNAVAILABLE,
                    "%s: belongs to user %u, who could change the policy; give it to root",
                    store->directory, status.st_uid);
        return FALSE;
    }
    return (status.st_mode & ALLPERMS) == 0700 || chmod(store->directory, 0700) == 0 ||
           file_error_set(error, store->directory, "cannot make it private", errno);
}

/* Two daemons, or a daemon and a reset, would destroy each other's work. The lock goes with the
 * process, however that ends. */
static gboolean lock_directory(Store *store, GError **error)
{
    store->lock = open(store->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->lock < 0)
        return file_error_set(error, store->directory, "cannot open", errno);
    return flock(store->lock, LOCK_EX | LOCK_NB) == 0 ||
           file_error_set(error, store->directory, "in use by another secpold", errno);
}

Store *store_open(const char *directory, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(Store) store = g_new0(Store, 1);
    store->lock = -1;
    store->directory = g_strdup(directory);
    store->policies = g_build_filename(directory, STORE_POLICIES, NULL);
    store->current = g_build_filename(directory, "current", NULL);
    store->floor = g_build_filename(directory, "serial-floor", NULL);

    if (!mount_check(&mount_tables_system, directory, &cause) || !make_directories(store, &cause) ||
        !make_private(store, &cause) || !lock_directory(store, &cause) ||
        !clear_leftovers(store, &cause)) {
        store_fail(error, STORE_ERROR_UNAVAILABLE, cause);
        return NULL;
    }
    return g_steal_pointer(&store);
}

void store_free(Store *store)
{
    if (!store)
        return;
    if (store->lock >= 0)
        close(store->lock);
    g_free(store->directory);
    g_free(store->policies);
    g_free(store->current);
    g_free(store->floor);
    g_free(store);
}

gboolean store_was_used(const Store *store)
{
    g_autoptr(GDir) dir = g_dir_open(store->policies, 0, NULL);
    return !dir || g_dir_read_name(dir) || g_file_test(store->floor, G_FILE_TEST_EXISTS);
}

gboolean store_lost_current(const Store *store)
{
    const guint64 current = store_current_number(store);
    g_autofree char *path = store_generation_path(store, current);

    return current > 0 && !g_file_test(path, G_FILE_TEST_IS_DIR);
}

static char *set_aside(const Store *store, guint64 number, const GError *damage)
{
    g_autofree char *path = store_generation_path(store, number);
    g_autofree char *aside = g_strconcat(path, ".damaged", NULL);

    store_remove_folder(aside);
    rename(path, aside);
    return g_strdup_printf("Generation %" G_GUINT64_FORMAT " is damaged and was set aside: %s",
                           number, damage->message);
}

static Generation *load_accepted(const Store *store, guint64 number, StoreAccept accept,
                                 gpointer data, GError **error)
{
    g_autoptr(Generation) generation = store_load(store, number, error);

    return generation && accept(generation, data, error) ? g_steal_pointer(&generation) : NULL;
}

/* The newest generation, the current one or one before it, that can be used; the others on the way
 * there are set aside. */
static Generation *find_usable(const Store *store, const GArray *numbers, StoreAccept accept,
                               gpointer data, GStrvBuilder *damaged)
{
    const guint64 current = store_current_number(store);

    for (guint i = 0; i < numbers->len; i++) {
        const guint64 number = g_array_index(numbers, guint64, i);
        if (current > 0 && number > current)
            continue;
        g_autoptr(GError) damage = NULL;
        Generation *found = load_accepted(store, number, accept, data, &damage);
        if (found)
            return found;
        g_autofree char *sentence = set_aside(store, number, damage);
        g_strv_builder_add(damaged, sentence);
    }
    return NULL;
}

/* The link stays on a generation that is lost, until another is made current: so every start, not
 * only the one that set it aside, can tell that an older policy is in force in its place. */
static void note_lost(const Store *store, GStrvBuilder *damaged)
{
    if (!store_lost_current(store))
        return;
    g_autofree char *sentence =
        g_strdup_printf("Generation %" G_GUINT64_FORMAT
                        ", which was in force, is gone or was set aside; import its policy again",
                        store_current_number(store));
    g_strv_builder_add(damaged, sentence);
}

gboolean store_load_current(Store *store, StoreAccept accept, gpointer data,
                            Generation **ret_generation, GStrv *ret_damaged, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GStrvBuilder) damaged = g_strv_builder_new();
    g_autoptr(GArray) numbers = store_list_numbers(store, &cause);
    if (!numbers)
        return store_fail(error, STORE_ERROR_UNAVAILABLE, cause);

    note_lost(store, damaged);
    Generation *found = find_usable(store, numbers, accept, data, damaged);
    /* Should there still be no link afterwards, the next start finds the same without it. */
    if (found && store_current_number(store) == 0)
        store_make_current(store, found->number, NULL);
    *ret_generation = found;
    *ret_damaged = g_strv_builder_end(damaged);
    return TRUE;
}

Generation *store_load(const Store *store, guint64 number, GError **error)
{
    g_autofree char *path = store_generation_path(store, number);

    if (number == 0 || !g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NO_SUCH_GENERATION,
                    "There is no generation %" G_GUINT64_FORMAT, number);
        return NULL;
    }
    return generation_load(path, number, error);
}

GPtrArray *store_list(const Store *store)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)generation_free);
    g_autoptr(GArray) numbers = store_list_numbers(store, NULL);

    for (guint i = 0; numbers && i < numbers->len; i++) {
        Generation *generation = store_load(store, g_array_index(numbers, guint64, i), NULL);
        if (generation)
            g_ptr_array_add(list, generation);
    }
    return list;
}
