/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/trusted-keys.h"

#include <string.h>

#include "tests/unit/mutation.h"
#include "tests/unit/signature-fixture.h"

/* A key of which any byte was changed is no key, or another one. */
static void assert_key_useless(const char *text, gsize length, gsize at, gconstpointer data)
{
    const Fixture *fixture = data;
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    if (!trusted_keys_add(keys, "x.pub", text, length, NULL))
        return;
    g_autofree char *copy = g_strndup(text, length);
    g_autofree char *original = read_text(DATA "key.pub");
    g_autoptr(Signer) signer = check(keys, fixture->document, fixture->hashed, NULL);
    g_assert_cmpint(signer != NULL, ==, says_the_same(copy, length, original));
}

static void test_every_key_byte(Fixture *fixture, gconstpointer data)
{
    g_autofree char *key = read_text(DATA "key.pub");
    mutate_bytes(key, strlen(key), assert_key_useless, fixture);
    mutate_length(key, strlen(key), assert_key_useless, fixture);
    mutate_end(key, strlen(key), assert_key_useless, fixture);
}

static void assert_no_key(const char *text, const char *message)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(trusted_keys_add(keys, "x.pub", text, strlen(text), &error));
    g_assert_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpuint(trusted_keys_count(keys), ==, 0);
}

static void test_key_form(Fixture *fixture, gconstpointer data)
{
    static const char message[] = "x.pub: not a public key file as minisign -G writes it";
    g_autofree char *key = read_text(DATA "key.pub");
    g_autofree char *twice = g_strconcat(key, key, NULL);
    assert_no_key("", message);
    assert_no_key("untrusted comment: \n", message);
    assert_no_key(strchr(key, '\n') + 1, message);
    assert_no_key(twice, message);
    assert_no_key(fixture->hashed, message);
    /* minisign's secret key file looks much the same. */
    assert_no_key("untrusted comment: minisign encrypted secret key\n"
                  "RWRTY0IyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                  message);
}

static void test_comments_are_displayable(Fixture *fixture, gconstpointer data)
{
    g_autofree char *key = read_text(DATA "key.pub");
    g_autofree char *hostile =
        g_strconcat("untrusted comment: a\tb\033[2J\377\n", strchr(key, '\n') + 1, NULL);
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    add_key(keys, hostile);
    g_autoptr(Signer) signer = check(keys, fixture->document, fixture->hashed, NULL);
    g_assert_cmpstr(signer->key_comment, ==, "a b\357\277\275[2J\357\277\275");
}

static void assert_load_fails(const Folder *folder, GQuark domain, int code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(trusted_keys_load(folder->path, &error));
    g_assert_error(error, domain, code);
    g_autofree char *expected = g_strdup_printf("%s/%s", folder->path, message);
    g_assert_cmpstr(error->message, ==, expected);
}

static void test_load(Fixture *fixture, gconstpointer data)
{
    g_autoptr(TrustedKeys) none = trusted_keys_load("/nonexistent/keys", NULL);
    g_assert_cmpuint(trusted_keys_count(none), ==, 0);
    g_auto(Folder) folder = folder_new();
    g_autofree char *key = read_text(DATA "key.pub");
    write_file(&folder, "a.pub", key);
    write_file(&folder, "a.pub.old", "junk");
    write_file(&folder, ".b.pub", "junk");
    write_file(&folder, "README", "junk");
    g_autoptr(TrustedKeys) one = trusted_keys_load(folder.path, NULL);
    g_assert_cmpuint(trusted_keys_count(one), ==, 1);
    assert_signed(one, fixture->document, fixture->hashed, &hashed_signer);
}

static void test_load_fails(Fixture *fixture, gconstpointer data)
{
    g_auto(Folder) folder = folder_new();
    g_autofree char *key = read_text(DATA "key.pub");
    write_file(&folder, "a.pub", key);
    write_file(&folder, "b.pub", "junk");
    assert_load_fails(&folder, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED,
                      "b.pub: not a public key file as minisign -G writes it");
    g_autofree char *large = g_strnfill(TRUSTED_KEY_MAX_BYTES + 1, 'x');
    write_file(&folder, "b.pub", large);
    g_autoptr(GError) error = NULL;
    g_assert_null(trusted_keys_load(folder.path, &error));
    g_assert_nonnull(strstr(error->message, "b.pub"));
    g_assert_true(error->domain == G_FILE_ERROR);

    g_autofree char *file = g_build_filename(folder.path, "a.pub", NULL);
    g_autoptr(GError) no_folder = NULL;
    g_assert_null(trusted_keys_load(file, &no_folder));
    g_assert_error(no_folder, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
}

static void test_load_many(Fixture *fixture, gconstpointer data)
{
    g_auto(Folder) folder = folder_new();
    g_autofree char *key = read_text(DATA "key.pub");
    for (guint i = 0; i < TRUSTED_KEYS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("%02u.pub", i);
        write_file(&folder, name, key);
    }
    g_autoptr(TrustedKeys) most = trusted_keys_load(folder.path, NULL);
    g_assert_cmpuint(trusted_keys_count(most), ==, TRUSTED_KEYS_MAX);
    write_file(&folder, "99.pub", key);
    assert_load_fails(&folder, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED,
                      "99.pub: there are more than 64 trusted keys");
}

static const struct {
    const char *name;
    void (*run)(Fixture *fixture, gconstpointer data);
} tests[] = {
    {"every-key-byte", test_every_key_byte},
    {"key-form", test_key_form},
    {"comments-are-displayable", test_comments_are_displayable},
    {"load", test_load},
    {"load-fails", test_load_fails},
    {"load-many", test_load_many},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/trusted-keys/%s", tests[i].name);
        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
