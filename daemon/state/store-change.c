/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/files/file-io.h"
#include "daemon/state/store-layout.h"

#define FLOOR_GROUP     "SerialFloor"
#define FLOOR_MAX_BYTES 1024
#define STORE_LAST      "last-generation"
#define LAST_MAX_BYTES  32

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
    g_autoptr(GArray) numbers = store_list_numbers(store, NULL);

    for (guint i = STORE_GENERATIONS_KEPT; numbers && i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) != previous)
            store_remove_generation(store, g_array_index(numbers, guint64, i));
}

/* Puts the generation, whole on disk, in place and the link on it. After a failure the link names
 * the old generation again, or none, and the new one is gone. */
static gboolean install(const Store *store, const char *fresh, guint64 number, GError **error)
{
    const guint64 before = store_current_number(store);
    g_autofree char *path = store_generation_path(store, number);

    if (!rename_folder(fresh, path, error))
        return FALSE;
    if (directory_sync(store->policies, error) && store_make_current(store, number, error))
        return TRUE;
    if (before == 0)
        unlink(store->current);
    else if (store_current_number(store) != before)
        store_make_current(store, before, NULL);
    store_remove_folder(path);
    return FALSE;
}

/* The highest number that was ever given, as far as it is known; 0: none. */
static guint64 last_number(const Store *store)
{
    g_autofree char *path = g_build_filename(store->directory, STORE_LAST, NULL);
    g_autofree char *text = NULL;
    gsize length;
    guint64 number = 0;

    if (file_read(path, LAST_MAX_BYTES, &text, &length, NULL))
        g_ascii_string_to_unsigned(text, 10, 1, STORE_NUMBER_MAX - 1, &number, NULL);
    return number;
}

static gboolean fail_last(const Store *store, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s, or the link %s, has the last number that there is: remove it", store->policies,
                store->current);
    return FALSE;
}

/* A number that no import has had, so that nobody confirms or exports another policy than the one
 * they mean, and that nothing on disk has. Recorded before it is used. */
static gboolean take_number(const Store *store, guint64 *ret_number, GError **error)
{
    g_autoptr(GArray) numbers = store_list_numbers(store, error);
    if (!numbers)
        return FALSE;

    const guint64 newest = numbers->len > 0 ? g_array_index(numbers, guint64, 0) : 0;
    /* Read once each: what MAX() would read again may end in something else then. */
    const guint64 current = store_current_number(store);
    const guint64 last = last_number(store);
    const guint64 number = MAX(MAX(newest, current), last) + 1;
    if (number > STORE_NUMBER_MAX)
        return fail_last(store, error);
    g_autofree char *path = g_build_filename(store->directory, STORE_LAST, NULL);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, number);

    if (!file_replace(path, text, strlen(text), error))
        return FALSE;
    *ret_number = number;
    return TRUE;
}

gboolean store_add(Store *store, GBytes *document, GBytes *signature, const GenerationMeta *meta,
                   guint64 *ret_number, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *fresh = store_fresh_path(store);
    guint64 number;

    store_remove_folder(fresh);
    if (!take_number(store, &number, &cause) ||
        !write_folder(fresh, document, signature, meta, &cause) ||
        !install(store, fresh, number, &cause)) {
        store_remove_folder(fresh);
        return store_fail(error, STORE_ERROR_FAILED, cause);
    }
    prune(store, meta->previous);
    *ret_number = number;
    return TRUE;
}

gboolean store_confirm(Store *store, const Generation *generation, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *folder = store_generation_path(store, generation->number);
    g_autofree char *path = g_build_filename(folder, "meta", NULL);
    GenerationMeta meta = generation->meta;
    meta.confirmed = TRUE;
    meta.boot_id = (char *)"";
    meta.deadline_usec = 0;

    g_autofree char *text = generation_meta_print(&meta);
    if (!file_replace(path, text, strlen(text), &cause))
        return store_fail(error, STORE_ERROR_FAILED, cause);
    /* A revert that failed half-way may have moved the link already. */
    return store_current_number(store) == generation->number ||
           store_make_current(store, generation->number, &cause) ||
           store_fail(error, STORE_ERROR_FAILED, cause);
}

static gboolean remove_link(const Store *store, GError **error)
{
    if (unlink(store->current) < 0 && errno != ENOENT)
        return file_error_set(error, store->current, "cannot remove", errno);
    return directory_sync(store->directory, error);
}

gboolean store_revert_to(Store *store, guint64 number, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GArray) numbers = store_list_numbers(store, &cause);

    if (!numbers ||
        !(number > 0 ? store_make_current(store, number, &cause) : remove_link(store, &cause)))
        return store_fail(error, STORE_ERROR_FAILED, cause);
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, guint64, i) > number)
            store_remove_generation(store, g_array_index(numbers, guint64, i));
    return TRUE;
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
           store_fail(error, STORE_ERROR_FAILED, cause);
}

static void remove_every_folder(const Store *store)
{
    g_autoptr(GDir) dir = g_dir_open(store->policies, 0, NULL);

    for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(store->policies, name, NULL);
        store_remove_folder(path);
    }
}

gboolean store_reset(Store *store, GError **error)
{
    static const char *const files[] = {"current", "serial-floor", STORE_LAST, "attempts", "seal"};
    g_autoptr(GError) cause = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(store->directory, files[i], NULL);
        unlink(path);
    }
    remove_every_folder(store);
    if (store_was_used(store))
        g_set_error(&cause, STORE_ERROR, STORE_ERROR_FAILED, "%s: something could not be removed",
                    store->directory);
    if (cause || !directory_sync(store->policies, &cause) ||
        !directory_sync(store->directory, &cause))
        return store_fail(error, STORE_ERROR_FAILED, cause);
    return TRUE;
}
