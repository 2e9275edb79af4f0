/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/provision.h"

#include <string.h>

#include "daemon/config.h"
#include "daemon/files/file-io.h"
#include "daemon/policy/policy-document.h"

#define PROFILE_MAX_BYTES (64 * 1024)
/* Drop-ins beyond this number are an error rather than read. */
#define PROFILE_MAX_FILES 64

G_DEFINE_QUARK(secpold_provision_error, provision_error)

static PolicyRecord *read_policy(const char *path, GError **error)
{
    char *contents;
    gsize length;
    if (!file_read(path, POLICY_DOCUMENT_MAX_BYTES, &contents, &length, error))
        return NULL;

    g_autoptr(GBytes) document = g_bytes_new_take(contents, length);
    return policy_record_new(document, path, POLICY_ORIGIN_PROVISIONED, error);
}

gboolean provisioned_policy_load(const char *path, PolicyRecord **ret_record, GError **error)
{
    const char *const standard[] = {SECPOLD_SYSCONFDIR "/default.policy",
                                    SECPOLD_VENDORDIR "/default.policy"};
    const char *const *candidates = path ? &path : standard;
    const gsize n_candidates = path ? 1 : G_N_ELEMENTS(standard);

    for (gsize i = 0; i < n_candidates; i++) {
        g_autoptr(GError) failure = NULL;
        PolicyRecord *record = read_policy(candidates[i], &failure);
        if (record) {
            *ret_record = record;
            return TRUE;
        }
        if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    *ret_record = NULL;
    return TRUE;
}

/* The drop-ins of @directory by name; names that are there already stay. */
static gboolean add_drop_ins(GTree *paths, const char *directory, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GDir) dir = g_dir_open(directory, 0, &failure);
    if (!dir) {
        if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir))
        if (g_str_has_suffix(name, ".conf") && !g_tree_lookup(paths, name))
            g_tree_insert(paths, g_strdup(name), g_build_filename(directory, name, NULL));
    return TRUE;
}

static gboolean append_path(gpointer name, gpointer path, gpointer data)
{
    g_ptr_array_add(data, g_strdup(path));
    return FALSE;
}

static int compare_names(const void *a, const void *b, gpointer data)
{
    return strcmp(a, b);
}

/* So is a link that leads nowhere, and reading it says what is wrong with it. */
static gboolean is_there(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
}

/* The files the profile consists of, in the order they are read. */
static GPtrArray *profile_paths(GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GTree) drop_ins = g_tree_new_full(compare_names, NULL, g_free, g_free);

    if (!add_drop_ins(drop_ins, SECPOLD_SYSCONFDIR "/device.conf.d", error) ||
        !add_drop_ins(drop_ins, SECPOLD_VENDORDIR "/device.conf.d", error))
        return NULL;

    if (is_there(SECPOLD_SYSCONFDIR "/device.conf"))
        g_ptr_array_add(paths, g_strdup(SECPOLD_SYSCONFDIR "/device.conf"));
    else if (is_there(SECPOLD_VENDORDIR "/device.conf"))
        g_ptr_array_add(paths, g_strdup(SECPOLD_VENDORDIR "/device.conf"));
    g_tree_foreach(drop_ins, append_path, paths);
    if (paths->len > PROFILE_MAX_FILES) {
        g_set_error(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_PROFILE,
                    "The device profile has more than %d files", PROFILE_MAX_FILES);
        return NULL;
    }
    return g_steal_pointer(&paths);
}

static void source_clear(DeviceProfileSource *source)
{
    g_free((char *)source->text);
}

static DeviceProfile *read_profile(const GPtrArray *paths, char **ret_digest, GError **error)
{
    g_autoptr(GArray) sources = g_array_new(FALSE, TRUE, sizeof(DeviceProfileSource));
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_array_set_clear_func(sources, (GDestroyNotify)source_clear);

    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        char *text;
        gsize length;
        if (!file_read(path, PROFILE_MAX_BYTES, &text, &length, error))
            return NULL;
        const DeviceProfileSource source = {path, text, length};
        g_array_append_val(sources, source);
        g_checksum_update(checksum, (const guchar *)text, (gssize)length);
    }

    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    DeviceProfile *profile =
        device_profile_parse((const DeviceProfileSource *)sources->data, sources->len, diagnostics);
    if (!profile) {
        g_autofree char *message = diagnostics_to_message(diagnostics, "device profile");
        g_set_error_literal(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_PROFILE, message);
        return NULL;
    }
    *ret_digest = g_strdup(paths->len > 0 ? g_checksum_get_string(checksum) : "");
    return profile;
}

DeviceProfile *device_profile_load(const char *path, char **ret_digest, GError **error)
{
    g_autoptr(GPtrArray) paths = NULL;

    if (path) {
        paths = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(paths, g_strdup(path));
    } else {
        paths = profile_paths(error);
    }
    return paths ? read_profile(paths, ret_digest, error) : NULL;
}
