/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/trusted-keys.h"

#include <string.h>

#include "daemon/files/file-io.h"
#include "daemon/state/minisign-text.h"
#include "daemon/state/signature.h"

#define ALGORITHM "Ed"

/* What the line of base64 holds. */
typedef struct PublicKeyLine {
    char algorithm[2];
    guint8 id[TRUSTED_KEY_ID_BYTES];
    guint8 public_key[TRUSTED_KEY_PUBLIC_BYTES];
} PublicKeyLine;
G_STATIC_ASSERT(sizeof(PublicKeyLine) == 42);

struct TrustedKeys {
    GArray *list; /* element type TrustedKey */
};

static void trusted_key_clear(gpointer data)
{
    TrustedKey *key = data;
    g_free(key->comment);
}

TrustedKeys *trusted_keys_new(void)
{
    TrustedKeys *keys = g_new0(TrustedKeys, 1);
    keys->list = g_array_new(FALSE, FALSE, sizeof(TrustedKey));
    g_array_set_clear_func(keys->list, trusted_key_clear);
    return keys;
}

void trusted_keys_free(TrustedKeys *keys)
{
    if (keys == NULL)
        return;
    g_array_unref(keys->list);
    g_free(keys);
}

gboolean trusted_keys_add(TrustedKeys *keys, const char *name, const char *text, gsize length,
                          GError **error)
{
    if (keys->list->len == TRUSTED_KEYS_MAX) {
        g_set_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED,
                    "%s: there are more than %d trusted keys", name, TRUSTED_KEYS_MAX);
        return FALSE;
    }
    MinisignLine lines[2];
    MinisignLine comment;
    PublicKeyLine content;
    if (!minisign_split(text, length, lines, G_N_ELEMENTS(lines)) ||
        !minisign_after(&lines[0], MINISIGN_UNTRUSTED_COMMENT, &comment) ||
        !minisign_decode(&lines[1], (guint8 *)&content, sizeof content) ||
        memcmp(content.algorithm, ALGORITHM, sizeof content.algorithm) != 0) {
        g_set_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED,
                    "%s: not a public key file as minisign -G writes it", name);
        return FALSE;
    }
    TrustedKey key = {.comment = minisign_display(&comment)};
    memcpy(key.id, content.id, sizeof key.id);
    memcpy(key.public_key, content.public_key, sizeof key.public_key);
    g_array_append_val(keys->list, key);
    return TRUE;
}

static gboolean is_key_name(const char *name)
{
    return *name != '.' && g_str_has_suffix(name, ".pub");
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of key files, sorted. Stops counting where there are too many anyway. */
static GPtrArray *list_names(GDir *directory)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (names->len <= TRUSTED_KEYS_MAX && (name = g_dir_read_name(directory)) != NULL)
        if (is_key_name(name))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    return names;
}

static gboolean load_file(TrustedKeys *keys, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    return file_read(path, TRUSTED_KEY_MAX_BYTES, &text, &length, error) &&
           trusted_keys_add(keys, path, text, length, error);
}

TrustedKeys *trusted_keys_load(const char *directory, GError **error)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    g_autoptr(GError) local = NULL;
    g_autoptr(GDir) opened = g_dir_open(directory, 0, &local);
    if (opened == NULL) {
        if (g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return g_steal_pointer(&keys);
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    g_autoptr(GPtrArray) names = list_names(opened);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(directory, names->pdata[i], NULL);
        if (!load_file(keys, path, error))
            return NULL;
    }
    return g_steal_pointer(&keys);
}

guint trusted_keys_count(const TrustedKeys *keys)
{
    return keys->list->len;
}

const TrustedKey *trusted_keys_find(const TrustedKeys *keys, const guint8 *id,
                                    const TrustedKey *previous)
{
    const TrustedKey *list = (const TrustedKey *)(const void *)keys->list->data;
    for (gsize i = previous != NULL ? (gsize)(previous - list) + 1 : 0; i < keys->list->len; i++)
        if (memcmp(list[i].id, id, sizeof list[i].id) == 0)
            return &list[i];
    return NULL;
}
