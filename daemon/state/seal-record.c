/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal-record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/files/file-io.h"
#include "daemon/state/base64.h"

#define GROUP          "Seal"
#define FILE_MAX_BYTES 1024

static gboolean read_bytes(GKeyFile *file, const char *name, guint8 *ret_bytes, gsize n_bytes)
{
    g_autofree char *text = g_key_file_get_string(file, GROUP, name, NULL);
    return text && base64_decode(text, strlen(text), ret_bytes, n_bytes);
}

gboolean seal_record_load(const char *path, SealKey *ret_key, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) failure = NULL;
    g_autofree char *text = NULL;
    gsize length;
    SealKey key;

    if (!file_read(path, FILE_MAX_BYTES, &text, &length, &failure)) {
        if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, NULL) ||
        !read_bytes(file, "Salt", key.salt, sizeof(key.salt)) ||
        !read_bytes(file, "PublicKey", key.public_key, sizeof(key.public_key))) {
        g_set_error(error, SEAL_ERROR, SEAL_ERROR_MALFORMED,
                    "%s: not the record of a setting password", path);
        return FALSE;
    }
    *ret_key = key;
    return TRUE;
}

static gboolean is_recorded(const char *path, const SealKey *key)
{
    g_autoptr(GError) error = NULL;
    SealKey recorded;

    if (!seal_record_load(path, &recorded, &error))
        return !key && !error;
    return key && seal_key_equal(&recorded, key);
}

gboolean seal_record_save(const char *path, const SealKey *key, GError **error)
{
    if (is_recorded(path, key))
        return TRUE;
    if (!key) {
        g_autofree char *directory = g_path_get_dirname(path);
        if (unlink(path) < 0 && errno != ENOENT)
            return file_error_set(error, path, "cannot remove", errno);
        return directory_sync(directory, error);
    }

    g_autofree char *salt = g_base64_encode(key->salt, sizeof(key->salt));
    g_autofree char *public_key = g_base64_encode(key->public_key, sizeof(key->public_key));
    g_autofree char *text =
        g_strdup_printf("[" GROUP "]\nSalt=%s\nPublicKey=%s\n", salt, public_key);
    return file_replace(path, text, strlen(text), error);
}
