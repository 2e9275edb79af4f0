/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/provision.h"

#include <string.h>

#include "daemon/config.h"
#include "daemon/enforce/file-read.h"
#include "daemon/policy/policy-document.h"

#define PROFILE_MAX_BYTES (64 * 1024)
/* Drop-ins beyond this number are an error rather than read. */
#define PROFILE_MAX_FILES 64

G_DEFINE_QUARK(secpold_provision_error, provision_error)

void provisioned_policy_free(ProvisionedPolicy *provisioned)
{
    if (!provisioned)
        return;
    g_free(provisioned->path);
    policy_free(provisioned->policy);
    g_free(provisioned->digest);
    g_free(provisioned);
}

char *diagnostics_to_message(const Diagnostics *diagnostics, const char *file)
{
    g_autoptr(GString) message = g_string_new(NULL);

    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), file);
        g_string_append_printf(message, "%s%s", i > 0 ? "\n" : "", line);
    }
    return g_string_free(g_steal_pointer(&message), FALSE);
}

char *message_to_sentence(const char *message)
{
    guint n_more = 0;

    for (const char *c = message; *c; c++)
        n_more += *c == '\n';
    const int first = (int)strcspn(message, "\n");
    return n_more > 0 ? g_strdup_printf("%.*s (and %u more)", first, message, n_more)
                      : g_strdup(message);
}

static ProvisionedPolicy *read_policy(const char *path, GError **error)
{
    g_autofree char *document = NULL;
    gsize length;
    if (!file_read(path, POLICY_DOCUMENT_MAX_BYTES, &document, &length, error))
        return NULL;

    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(ProvisionedPolicy) provisioned = g_new0(ProvisionedPolicy, 1);
    provisioned->policy = policy_document_parse(document, length, diagnostics);
    if (!provisioned->policy) {
        g_autofree char *message = diagnostics_to_message(diagnostics, path);
        g_set_error_literal(error, PROVISION_ERROR, PROVISION_ERROR_INVALID_POLICY, message);
        return NULL;
    }
    provisioned->path = g_strdup(path);
    provisioned->digest = policy_document_digest(document, length);
    return g_steal_pointer(&provisioned);
}

gboolean provisioned_policy_load(const char *path, ProvisionedPolicy **ret_provisioned,
                                 GError **error)
{
    const char *const standard[] = {SECPOLD_SYSCONFDIR "/default.policy",
                                    SECPOLD_VENDORDIR "/default.policy"};
    const char *const *candidates = path ? &path : standard;
    const gsize n_candidates = path ? 1 : G_N_ELEMENTS(standard);

    for (gsize i = 0; i < n_candidates; i++) {
        g_autoptr(GError) failure = NULL;
        ProvisionedPolicy *provisioned = read_policy(candidates[i], &failure);
        if (provisioned) {
            *ret_provisioned = provisioned;
            return TRUE;
        }
        if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    *ret_provisioned = NULL;
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
