/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/signature.h"

#include <string.h>

#include "tests/unit/mutation.h"
#include "tests/unit/signature-fixture.h"

static void assert_refused(const TrustedKeys *keys, const char *document, const char *signature,
                           SignatureError code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(check(keys, document, signature, &error));
    g_assert_error(error, SIGNATURE_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
}

#define MALFORMED "the signature is not a file as minisign -S writes it"
#define INVALID                                                                                    \
    "the signature by key " KEY_ID " does not fit: document, signature or trusted "                \
    "comment was changed after signing"
#define UNKNOWN(id) "the signature is by key " id ", which is not among the trusted keys"

static void test_fixed(Fixture *fixture, gconstpointer data)
{
    static const Expected legacy_signer = {
        .key_id = KEY_ID,
        .key_comment = "minisign public key " KEY_ID,
        .trusted_comment = "timestamp:1795369822 file:signed.policy",
    };
    assert_signed(fixture->keys, fixture->document, fixture->hashed, &hashed_signer);
    assert_signed(fixture->keys, fixture->document, fixture->legacy, &legacy_signer);
}

static void test_unknown_key(Fixture *fixture, gconstpointer data)
{
    assert_refused(fixture->keys, fixture->document, fixture->other, SIGNATURE_ERROR_UNKNOWN_KEY,
                   UNKNOWN(OTHER_KEY_ID));
    g_autoptr(TrustedKeys) none = trusted_keys_new();
    assert_refused(none, fixture->document, fixture->hashed, SIGNATURE_ERROR_UNKNOWN_KEY,
                   UNKNOWN(KEY_ID));
    g_autofree char *other_key = read_text(DATA "other.pub");
    add_key(fixture->keys, other_key);
    g_assert_cmpuint(trusted_keys_count(fixture->keys), ==, 2);
    assert_signed(fixture->keys, fixture->document, fixture->hashed, &hashed_signer);
    g_autoptr(Signer) other = check(fixture->keys, fixture->document, fixture->other, NULL);
    g_assert_cmpstr(other->key_id, ==, OTHER_KEY_ID);
}

/* Ids are little-endian, and shown with their leading zeros. */
static void test_key_id(Fixture *fixture, gconstpointer data)
{
    g_auto(GStrv) lines = g_strsplit(fixture->hashed, "\n", -1);
    gsize length;
    g_autofree guchar *bytes = g_base64_decode(lines[1], &length);
    memset(bytes + 2, 0, TRUSTED_KEY_ID_BYTES);
    bytes[2] = 0xAB;
    g_free(lines[1]);
    lines[1] = g_base64_encode(bytes, length);
    g_autofree char *signature = g_strjoinv("\n", lines);
    assert_refused(fixture->keys, fixture->document, signature, SIGNATURE_ERROR_UNKNOWN_KEY,
                   UNKNOWN("00000000000000AB"));
}

/* The key of other.pub under the id of key.pub. */
static char *make_impostor(void)
{
    g_autofree char *key = read_text(DATA "key.pub");
    g_autofree char *other = read_text(DATA "other.pub");
    gsize length;
    g_auto(GStrv) key_lines = g_strsplit(key, "\n", 3);
    g_auto(GStrv) other_lines = g_strsplit(other, "\n", 3);
    g_autofree guchar *key_bytes = g_base64_decode(key_lines[1], &length);
    g_autofree guchar *other_bytes = g_base64_decode(other_lines[1], &length);
    memcpy(other_bytes + 2, key_bytes + 2, TRUSTED_KEY_ID_BYTES);
    g_autofree char *line = g_base64_encode(other_bytes, length);
    return g_strdup_printf("untrusted comment: \n%s\n", line);
}

static void test_same_id(Fixture *fixture, gconstpointer data)
{
    g_autofree char *impostor = make_impostor();
    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    add_key(keys, impostor);
    assert_refused(keys, fixture->document, fixture->hashed, SIGNATURE_ERROR_INVALID, INVALID);
    g_autofree char *key = read_text(DATA "key.pub");
    add_key(keys, key);
    assert_signed(keys, fixture->document, fixture->hashed, &hashed_signer);
}

/* The lines from @first to @last (from 0) of @to replaced by those of @from. */
static char *take_lines(const char *to, const char *from, guint first, guint last)
{
    g_auto(GStrv) lines = g_strsplit(to, "\n", -1);
    g_auto(GStrv) others = g_strsplit(from, "\n", -1);
    for (guint i = first; i <= last; i++) {
        g_free(lines[i]);
        lines[i] = g_strdup(others[i]);
    }
    return g_strjoinv("\n", lines);
}

/* Both signatures are by the same key and over the same document. */
static void test_swapped_comment(Fixture *fixture, gconstpointer data)
{
    g_autofree char *comment = take_lines(fixture->hashed, fixture->legacy, 2, 2);
    g_autofree char *with_signature = take_lines(fixture->hashed, fixture->legacy, 2, 3);
    g_autofree char *global = take_lines(fixture->hashed, fixture->legacy, 3, 3);
    g_autofree char *untrusted = take_lines(fixture->hashed, fixture->legacy, 0, 0);
    const TrustedKeys *keys = fixture->keys;
    assert_refused(keys, fixture->document, comment, SIGNATURE_ERROR_INVALID, INVALID);
    assert_refused(keys, fixture->document, with_signature, SIGNATURE_ERROR_INVALID, INVALID);
    assert_refused(keys, fixture->document, global, SIGNATURE_ERROR_INVALID, INVALID);
    assert_signed(keys, fixture->document, untrusted, &hashed_signer);
}

static void test_other_document(Fixture *fixture, gconstpointer data)
{
    assert_refused(fixture->keys, "", fixture->hashed, SIGNATURE_ERROR_INVALID, INVALID);
    assert_refused(fixture->keys, "", fixture->legacy, SIGNATURE_ERROR_INVALID, INVALID);
}

static void assert_document_refused(const char *text, gsize length, gsize at, gconstpointer data)
{
    const Fixture *fixture = data;
    const char *signatures[] = {fixture->hashed, fixture->legacy};
    for (gsize i = 0; i < G_N_ELEMENTS(signatures); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(signature_check(fixture->keys, text, length, signatures[i],
                                      strlen(signatures[i]), &error));
        g_assert_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_INVALID);
    }
}

static void test_every_document_byte(Fixture *fixture, gconstpointer data)
{
    gsize length = strlen(fixture->document);
    mutate_bits(fixture->document, length, assert_document_refused, fixture);
    mutate_end(fixture->document, length, assert_document_refused, fixture);
}

typedef struct SignatureCase {
    const Fixture *fixture;
    const char *signature;
    guint *n_accepted;
} SignatureCase;

static void assert_signature_refused(const char *text, gsize length, gsize at, gconstpointer data)
{
    const SignatureCase *expected = data;
    const Fixture *fixture = expected->fixture;
    g_autofree char *copy = g_strndup(text, length);
    g_autoptr(Signer) signer = signature_check(fixture->keys, fixture->document,
                                               strlen(fixture->document), text, length, NULL);
    gboolean same = strlen(copy) == length && says_the_same(copy, length, expected->signature);
    if ((signer != NULL) != same)
        g_error("a change at byte %" G_GSIZE_FORMAT " is %s: %s", at, same ? "refused" : "accepted",
                copy);
    *expected->n_accepted += signer != NULL ? 1 : 0;
}

static void test_every_signature_byte(Fixture *fixture, gconstpointer data)
{
    const char *signatures[] = {fixture->hashed, fixture->legacy};
    for (gsize i = 0; i < G_N_ELEMENTS(signatures); i++) {
        gsize length = strlen(signatures[i]);
        guint n_accepted = 0;
        SignatureCase expected = {fixture, signatures[i], &n_accepted};
        mutate_bytes(signatures[i], length, assert_signature_refused, &expected);
        mutate_length(signatures[i], length, assert_signature_refused, &expected);
        g_assert_cmpuint(n_accepted, >, 0);
        n_accepted = 0;
        mutate_end(signatures[i], length, assert_signature_refused, &expected);
        /* Only the last line's end may be missing. */
        g_assert_cmpuint(n_accepted, ==, 1);
    }
}

static void test_form(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) crlf = g_string_new(fixture->hashed);
    g_string_replace(crlf, "\n", "\r\n", 0);
    assert_signed(fixture->keys, fixture->document, crlf->str, &hashed_signer);
    static const char *const junk[] = {"\n", "x", "x\n", "\r\n", " ", "untrusted comment: \n"};
    for (gsize i = 0; i < G_N_ELEMENTS(junk); i++) {
        g_autofree char *behind = g_strconcat(fixture->hashed, junk[i], NULL);
        g_autofree char *before = g_strconcat(junk[i], fixture->hashed, NULL);
        assert_refused(fixture->keys, fixture->document, behind, SIGNATURE_ERROR_MALFORMED,
                       MALFORMED);
        assert_refused(fixture->keys, fixture->document, before, SIGNATURE_ERROR_MALFORMED,
                       MALFORMED);
    }
    assert_refused(fixture->keys, fixture->document, "", SIGNATURE_ERROR_MALFORMED, MALFORMED);
    g_autofree char *padding = g_strnfill(SIGNATURE_MAX_BYTES - strlen(fixture->hashed), 'x');
    g_autofree char *longest = g_strdup_printf("untrusted comment: %s%s", padding,
                                               fixture->hashed + strlen("untrusted comment: "));
    assert_signed(fixture->keys, fixture->document, longest, &hashed_signer);
    g_autofree char *too_long = g_strdup_printf("untrusted comment: x%s%s", padding,
                                                fixture->hashed + strlen("untrusted comment: "));
    assert_refused(fixture->keys, fixture->document, too_long, SIGNATURE_ERROR_MALFORMED,
                   MALFORMED);
}

/* Runs minisign in a folder; @arguments are separated by blanks. */
static void run_minisign(const char *folder, const char *arguments)
{
    g_autofree char *line = g_strconcat("minisign ", arguments, NULL);
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    int status = -1;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(folder, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

/* A new key and new signatures by the program that administrators use. */
static void test_real_minisign(Fixture *fixture, gconstpointer data)
{
    g_auto(Folder) folder = folder_new();
    run_minisign(folder.path, "-G -W -p new.pub -s new.key");
    write_file(&folder, "x.policy", fixture->document);
    run_minisign(folder.path, "-S -s new.key -m x.policy -t Bürö,€");
    run_minisign(folder.path, "-S -l -s new.key -m x.policy -x legacy -t old");
    g_autoptr(GError) error = NULL;
    g_autoptr(TrustedKeys) keys = trusted_keys_load(folder.path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(trusted_keys_count(keys), ==, 1);

    g_autofree char *key = read_from(&folder, "new.pub");
    g_autofree char *comment = g_strndup(key + strlen("untrusted comment: "),
                                         strcspn(key, "\n") - strlen("untrusted comment: "));
    /* minisign leaves leading zeros out. */
    const char *printed_id = strrchr(comment, ' ') + 1;
    g_autofree char *id =
        g_strdup_printf("%016" G_GINT64_MODIFIER "X", g_ascii_strtoull(printed_id, NULL, 16));
    g_autofree char *hashed = read_from(&folder, "x.policy.minisig");
    g_autofree char *legacy = read_from(&folder, "legacy");
    g_assert_cmpint(strncmp(strchr(hashed, '\n'), "\nRU", 3), ==, 0);
    g_assert_cmpint(strncmp(strchr(legacy, '\n'), "\nRW", 3), ==, 0);
    assert_signed(keys, fixture->document, hashed, &(Expected){id, comment, "Bürö,€"});
    assert_signed(keys, fixture->document, legacy, &(Expected){id, comment, "old"});
    g_assert_null(check(fixture->keys, fixture->document, hashed, NULL));
}

static const struct {
    const char *name;
    void (*run)(Fixture *fixture, gconstpointer data);
} tests[] = {
    {"fixed", test_fixed},
    {"unknown-key", test_unknown_key},
    {"key-id", test_key_id},
    {"same-id", test_same_id},
    {"swapped-comment", test_swapped_comment},
    {"other-document", test_other_document},
    {"every-document-byte", test_every_document_byte},
    {"every-signature-byte", test_every_signature_byte},
    {"form", test_form},
    {"real-minisign", test_real_minisign},
};

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/signature/%s", tests[i].name);
        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
