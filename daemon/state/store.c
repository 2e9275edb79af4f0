/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/store.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/state/file-io.h"
#include "daemon/state/mount-check.h"

#define POLICIES        "policies"
#define FLOOR_GROUP     "SerialFloor"
#define FLOOR_MAX_BYTES 1024
/* Digits of the largest number; beyond it a name is not ours. */
#define NUMBER_MAX_CHARS 18

struct Store {
    char *directory;
    char *policies;
    char *current;
    char *floor;
};

G_DEFINE_QUARK(secpold_store_error, store_error)

static gboolean fail(GError **error, StoreError code, const GError *cause)
{
    g_set_error_literal(error, STORE_ERROR, (gint)code, cause->message);
    return FALSE;
}

static char *generation_path(const Store *store, guint64 number)
{
    return g_strdup_printf("%s/%" G_GUINT64_FORMAT, store->policies, number);
}

/* 0 for a name that is not a generation's. */
static guint64 name_to_number(const char *name)
{
    guint64 number;

    if (*name == '0' || strlen(name) > NUMBER_MAX_CHARS ||
        !g_ascii_string_to_unsigned(name, 10, 1, G_MAXINT64, &number, NULL))
        return 0;
    return number;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const guint64 left = *(const guint64 *)a;
    const guint64 right = *(const guint64 *)b;
    return left > right ? -1 : left < right;
}

/* The numbers that are there, newest first, looked at or not; NULL where that cannot be told. */
static GArray *list_numbers(const Store *store, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(store->policies, 0, error);
    if (!dir)
        return NULL;

    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
        const guint64 number = name_to_number(name);
        if (number > 0)
            g_array_append_val(numbers, number);
    }
    g_array_sort(numbers, newest_first);
    return numbers;
}

/* The number that the link names; 0 where there is no link, or one that is not ours. */
static guint64 current_number(const Store *store)
{
    g_autofree char *target = g_file_read_link(store->current, NULL);
    return target && g_str_has_prefix(target, POLICIES "/")
               ? name_to_number(target + strlen(POLICIES "/"))
               : 0;
}

/* Removes a generation's folder, or what there is of one. Best effort: what stays is not current,
 * and is tried again at the next start. */
static void remove_folder(const char *path)
{
    static const char *const parts[] = {"policy", "policy.minisig", "meta", "meta.new"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *part = g_build_filename(path, parts[i], NULL);
        unlink(part);
    }
    rmdir(path);
}

static void remove_generation(const Store *store, guint64 number)
{
    g_autofree char *path = generation_path(store, number);
    remove_folder(path);
}

static char *fresh_path(const Store *store)
{
    return g_build_filename(store->policies, ".new", NULL);
}

/* After a crash: the folder that was being written, and generations that never became current. With
 * no link at all nothing is known to be in force, and nothing is thrown away. */
static gboolean clear_leftovers(const Store *store, GError **error)
{
    const guint64 current = current_number(store);
    g_autofree char *fresh = fresh_path(store);
    g_autoptr(GArray) numbers = list_numbers(store, error);

    remove_folder(fresh);
    for (guint i = 0; numbers && current > 0 && i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) > current)
            remove_generation(store, g_array_index(numbers, guint64, i));
    return numbers != NULL;
}

static gboolean make_directories(const Store *store, GError **error)
{
    if (g_mkdir_with_parents(store->policies, 0700) < 0)
        return file_error_set(error, store->policies, "cannot create", errno);
    if (chmod(store->directory, 0700) < 0)
        return file_error_set(error, store->directory, "cannot make it private", errno);
    return TRUE;
}

Store *store_open(const char *directory, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(Store) store = g_new0(Store, 1);
    store->directory = g_strdup(directory);
    store->policies = g_build_filename(directory, POLICIES, NULL);
    store->current = g_build_filename(directory, "current", NULL);
    store->floor = g_build_filename(directory, "serial-floor", NULL);

    if (!mount_check(directory, &cause) || !make_directories(store, &cause) ||
        !clear_leftovers(store, &cause)) {
        fail(error, STORE_ERROR_UNAVAILABLE, cause);
        return NULL;
    }
    return g_steal_pointer(&store);
}

void store_free(Store *store)
{
    if (!store)
        return;
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

static char *set_aside(const Store *store, guint64 number, const GError *damage)
{
    g_autofree char *path = generation_path(store, number);
    g_autofree char *aside = g_strconcat(path, ".damaged", NULL);

    remove_folder(aside);
    rename(path, aside);
    return g_strdup_printf("Generation %" G_GUINT64_FORMAT " is damaged and was set aside: %s",
                           number, damage->message);
}

static gboolean make_current(const Store *store, guint64 number, GError **error)
{
    g_autofree char *target = g_strdup_printf(POLICIES "/%" G_GUINT64_FORMAT, number);
    return link_replace(store->current, target, error);
}

static Generation *load_accepted(const Store *store, guint64 number, StoreAccept accept,
                                 gpointer data, GError **error)
{
    g_autoptr(Generation) generation = store_load(store, number, error);

    return generation && accept(generation, data, error) ? g_steal_pointer(&generation) : NULL;
}

/* The newest generation that can be used; the others on the way there are set aside. */
static Generation *find_usable(const Store *store, const GArray *numbers, StoreAccept accept,
                               gpointer data, GStrvBuilder *damaged)
{
    for (guint i = 0; i < numbers->len; i++) {
        const guint64 number = g_array_index(numbers, guint64, i);
        g_autoptr(GError) damage = NULL;
        Generation *found = load_accepted(store, number, accept, data, &damage);
        if (found)
            return found;
        g_autofree char *sentence = set_aside(store, number, damage);
        g_strv_builder_add(damaged, sentence);
    }
    return NULL;
}

gboolean store_load_current(Store *store, StoreAccept accept, gpointer data,
                            Generation **ret_generation, GStrv *ret_damaged, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GStrvBuilder) damaged = g_strv_builder_new();
    g_autoptr(GArray) numbers = list_numbers(store, &cause);
    if (!numbers)
        return fail(error, STORE_ERROR_UNAVAILABLE, cause);

    Generation *found = find_usable(store, numbers, accept, data, damaged);
    /* Should the link not follow now, the next start finds the same generation without it. */
    if (found && current_number(store) != found->number)
        make_current(store, found->number, NULL);
    *ret_generation = found;
    *ret_damaged = g_strv_builder_end(damaged);
    return TRUE;
}

Generation *store_load(const Store *store, guint64 number, GError **error)
{
    g_autofree char *path = generation_path(store, number);

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
    g_autoptr(GArray) numbers = list_numbers(store, NULL);

    for (guint i = 0; numbers && i < numbers->len; i++) {
        Generation *generation = store_load(store, g_array_index(numbers, guint64, i), NULL);
        if (generation)
            g_ptr_array_add(list, generation);
    }
    return list;
}

static gboolean create_part(const char *folder, const char *name, const void *contents,
                            gsize length, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return file_create(path, contents, length, error);
}

static gboolean write_folder(const char *folder, GBytes *document, GBytes *signature,
                             const GenerationMeta *meta, GError **error)
{
    g_autofree char *text = generation_meta_print(meta);

    if (mkdir(folder, 0700) < 0)
        return file_error_set(error, folder, "cannot create", errno);
    return create_part(folder, "policy", g_bytes_get_data(document, NULL),
                       g_bytes_get_size(document), error) &&
           create_part(folder, "policy.minisig", g_bytes_get_data(signature, NULL),
                       g_bytes_get_size(signature), error) &&
           create_part(folder, "meta", text, strlen(text), error) && directory_sync(folder, error);
}

static gboolean rename_folder(const char *fresh, const char *path, GError **error)
{
    return rename(fresh, path) == 0 || file_error_set(error, path, "cannot rename", errno);
}

/* Leaves the newest ones, and the one that may have to come back. */
static void prune(const Store *store, guint64 previous)
{
    g_autoptr(GArray) numbers = list_numbers(store, NULL);

    for (guint i = STORE_GENERATIONS_KEPT; numbers && i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) != previous)
            remove_generation(store, g_array_index(numbers, guint64, i));
}

/* Puts the generation, whole on disk, in place and the link on it. After a failure the link names
 * the old generation again, or none, and the new one is gone. */
static gboolean install(const Store *store, const char *fresh, guint64 number, GError **error)
{
    const guint64 before = current_number(store);
    g_autofree char *path = generation_path(store, number);

    if (!rename_folder(fresh, path, error))
        return FALSE;
    if (directory_sync(store->policies, error) && make_current(store, number, error))
        return TRUE;
    if (before == 0)
        unlink(store->current);
    else if (current_number(store) != before)
        make_current(store, before, NULL);
    remove_folder(path);
    return FALSE;
}

/* A number that nothing on disk has, so that nothing is ever written over. */
static gboolean next_number(const Store *store, guint64 *ret_number, GError **error)
{
    g_autoptr(GArray) numbers = list_numbers(store, error);
    if (!numbers)
        return FALSE;

    const guint64 newest = numbers->len > 0 ? g_array_index(numbers, guint64, 0) : 0;
    *ret_number = MAX(newest, current_number(store)) + 1;
    return TRUE;
}

gboolean store_add(Store *store, GBytes *document, GBytes *signature, const GenerationMeta *meta,
                   guint64 *ret_number, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *fresh = fresh_path(store);
    guint64 number;

    remove_folder(fresh);
    if (!next_number(store, &number, &cause) ||
        !write_folder(fresh, document, signature, meta, &cause) ||
        !install(store, fresh, number, &cause)) {
        remove_folder(fresh);
        return fail(error, STORE_ERROR_FAILED, cause);
    }
    prune(store, meta->previous);
    *ret_number = number;
    return TRUE;
}

gboolean store_confirm(Store *store, const Generation *generation, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *folder = generation_path(store, generation->number);
    g_autofree char *path = g_build_filename(folder, "meta", NULL);
    GenerationMeta meta = generation->meta;
    meta.confirmed = TRUE;
    meta.boot_id = (char *)"";
    meta.deadline_usec = 0;

    g_autofree char *text = generation_meta_print(&meta);
    return file_replace(path, text, strlen(text), &cause) || fail(error, STORE_ERROR_FAILED, cause);
}

gboolean store_revert_to(Store *store, guint64 number, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GArray) numbers = list_numbers(store, &cause);

    if (!numbers)
        return fail(error, STORE_ERROR_FAILED, cause);
    if (number > 0 && !make_current(store, number, &cause))
        return fail(error, STORE_ERROR_FAILED, cause);
    if (number == 0 && unlink(store->current) < 0 && errno != ENOENT) {
        file_error_set(&cause, store->current, "cannot remove", errno);
        return fail(error, STORE_ERROR_FAILED, cause);
    }
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) > number)
            remove_generation(store, g_array_index(numbers, guint64, i));
    return directory_sync(store->directory, &cause) || fail(error, STORE_ERROR_FAILED, cause);
}

void store_serial_floor(const Store *store, guint64 *ret_serial, char **ret_digest)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *text = NULL;
    gsize length;

    *ret_serial = 0;
    *ret_digest = NULL;
    if (file_read(store->floor, FLOOR_MAX_BYTES, &text, &length, NULL) &&
        g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL)) {
        *ret_serial = g_key_file_get_uint64(file, FLOOR_GROUP, "Serial", NULL);
        *ret_digest = g_key_file_get_string(file, FLOOR_GROUP, "Digest", NULL);
    }
    if (!*ret_digest)
        *ret_digest = g_strdup("");
}

gboolean store_raise_serial_floor(Store *store, guint64 serial, const char *digest, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) cause = NULL;

    g_key_file_set_uint64(file, FLOOR_GROUP, "Serial", serial);
    g_key_file_set_string(file, FLOOR_GROUP, "Digest", digest);
    g_autofree char *text = g_key_file_to_data(file, NULL, NULL);
    return file_replace(store->floor, text, strlen(text), &cause) ||
           fail(error, STORE_ERROR_FAILED, cause);
}
