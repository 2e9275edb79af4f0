/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/signature-fixture.h"

#include <string.h>

#include <glib/gstdio.h>

char *read_text(const char *path)
{
    char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

void add_key(TrustedKeys *keys, const char *text)
{
    g_autoptr(GError) error = NULL;
    trusted_keys_add(keys, "x.pub", text, strlen(text), &error);
    g_assert_no_error(error);
}

static TrustedKeys *read_keys(const char *path)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    g_autofree char *text = read_text(path);
    add_key(keys, text);
    return g_steal_pointer(&keys);
}

Signer *check(const TrustedKeys *keys, const char *document, const char *signature, GError **error)
{
    return signature_check(keys, document, strlen(document), signature, strlen(signature), error);
}

void assert_signed(const TrustedKeys *keys, const char *document, const char *signature,
                   const Expected *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Signer) signer = check(keys, document, signature, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(signer->key_id, ==, expected->key_id);
    g_assert_cmpstr(signer->key_comment, ==, expected->key_comment);
    g_assert_cmpstr(signer->trusted_comment, ==, expected->trusted_comment);
}

const Expected hashed_signer = {
    .key_id = KEY_ID,
    .key_comment = "minisign public key " KEY_ID,
    .trusted_comment = "Head office, edition 12",
};

void set_up(Fixture *fixture, gconstpointer data)
{
    fixture->keys = read_keys(DATA "key.pub");
    fixture->document = read_text(DATA "signed.policy");
    fixture->hashed = read_text(DATA "hashed.minisig");
    fixture->legacy = read_text(DATA "legacy.minisig");
    fixture->other = read_text(DATA "other.minisig");
}

void tear_down(Fixture *fixture, gconstpointer data)
{
    trusted_keys_free(fixture->keys);
    g_free(fixture->document);
    g_free(fixture->hashed);
    g_free(fixture->legacy);
    g_free(fixture->other);
}

gboolean says_the_same(const char *text, gsize length, const char *original)
{
    if (memchr(text, '\0', length) != NULL || !g_str_has_prefix(text, "untrusted comment: "))
        return FALSE;
    g_autoptr(GString) mutated = g_string_new_len(text, (gssize)length);
    g_string_replace(mutated, "\r\n", "\n", 0);
    if (mutated->str[mutated->len - 1] != '\n')
        g_string_append_c(mutated, '\n');
    const char *mutated_rest = strchr(mutated->str, '\n');
    return g_strcmp0(mutated_rest, strchr(original, '\n')) == 0;
}

void folder_clear(Folder *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder->path, 0, NULL);
    for (const char *name; (name = g_dir_read_name(files)) != NULL;) {
        g_autofree char *path = g_build_filename(folder->path, name, NULL);
        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
}

Folder folder_new(void)
{
    g_autoptr(GError) error = NULL;
    Folder folder = {g_dir_make_tmp("secpold-signature-XXXXXX", &error)};
    g_assert_no_error(error);
    return folder;
}

void write_file(const Folder *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

char *read_from(const Folder *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    return read_text(path);
}
