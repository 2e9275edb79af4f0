/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal.h"

#include "daemon/policy/policy-document.h"
#include "daemon/state/seal-document.h"
#include "tests/unit/mutation.h"

/* data/seal/sealed.policy was made without secpold's code and without libsodium: the seed by the
 * argon2 program, "argon2 'salt of 16 bytes' -id -t 2 -k 19456 -p 1 -l 32 -v 13", key pair and
 * signature by OpenSSL. */
#define FIXTURE          SOURCE_ROOT "/tests/unit/data/seal/sealed.policy"
#define FIXTURE_SALT     "salt of 16 bytes"
#define FIXTURE_PASSWORD "Correct-Hörse-7"

#define HEAD "[Policy]\nFormatVersion=1\nName=A\nSerial=1\n"

typedef struct Text {
    char *start;
    gsize length;
} Text;

static void text_clear(Text *text)
{
    g_free(text->start);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Text, text_clear)

static Text read_fixture(void)
{
    Text text;
    g_assert_true(g_file_get_contents(FIXTURE, &text.start, &text.length, NULL));
    return text;
}

static Password *password_from(const char *text)
{
    return password_new(text, strlen(text), NULL);
}

static Text make(const char *document, const char *password, const guint8 *salt)
{
    g_autoptr(Password) secret = password_from(password);
    g_autoptr(GError) error = NULL;
    Text sealed;
    sealed.start = seal_make(document, strlen(document), secret, salt, &sealed.length, &error);
    g_assert_no_error(error);
    return sealed;
}

static SealKey assert_sealed(const char *document, gsize length)
{
    g_autofree char *tight = g_memdup2(document, length);
    g_autoptr(GError) error = NULL;
    gboolean sealed = FALSE;
    SealKey key = {};
    g_assert_true(seal_check(tight, length, &sealed, &key, &error));
    g_assert_no_error(error);
    g_assert_true(sealed);
    return key;
}

static void assert_error(const char *document, gsize length, SealError code)
{
    g_autofree char *tight = g_memdup2(document, length);
    g_autoptr(GError) error = NULL;
    gboolean sealed = 7;
    g_assert_false(seal_check(tight, length, &sealed, NULL, &error));
    g_assert_error(error, SEAL_ERROR, (int)code);
    g_assert_cmpint(sealed, ==, 7);
}

static void assert_unsealed(const char *document)
{
    gboolean sealed = TRUE;
    g_assert_true(seal_check(document, strlen(document), &sealed, NULL, NULL));
    g_assert_false(sealed);
}

static gboolean opens(const SealKey *key, const char *text)
{
    g_autoptr(Password) password = password_from(text);
    g_autoptr(GError) error = NULL;
    gboolean opened = seal_key_opens(key, password, &error);
    g_assert_no_error(error);
    return opened;
}

static void test_fixture(void)
{
    g_auto(Text) fixture = read_fixture();
    SealKey key = assert_sealed(fixture.start, fixture.length);
    g_assert_cmpmem(key.salt, sizeof key.salt, FIXTURE_SALT, strlen(FIXTURE_SALT));
    g_assert_true(opens(&key, FIXTURE_PASSWORD));
    g_assert_false(opens(&key, "Correct-Horse-7"));
    g_assert_false(opens(&key, FIXTURE_PASSWORD " "));
    g_assert_false(opens(&key, "C"));
}

/* Sealing is a function of document, password and salt. */
static void test_make_fixture(void)
{
    g_auto(Text) fixture = read_fixture();
    g_autofree char *body =
        g_strndup(fixture.start, seal_document_find(fixture.start, fixture.length));
    g_auto(Text) sealed = make(body, FIXTURE_PASSWORD, (const guint8 *)FIXTURE_SALT);
    g_assert_cmpmem(sealed.start, sealed.length, fixture.start, fixture.length);
}

static void test_fresh_salt(void)
{
    g_auto(Text) one = make(HEAD, "secret", NULL);
    g_auto(Text) two = make(HEAD, "secret", NULL);
    SealKey key_one = assert_sealed(one.start, one.length);
    SealKey key_two = assert_sealed(two.start, two.length);
    g_assert_false(seal_key_equal(&key_one, &key_two));
    g_assert_true(opens(&key_one, "secret") && opens(&key_two, "secret"));
}

static void test_same_salt(void)
{
    g_auto(Text) first = make(HEAD, "secret", NULL);
    SealKey key = assert_sealed(first.start, first.length);
    g_auto(Text) next = make(HEAD "[Log]\nForceAuditLog=yes\n", "secret", key.salt);
    SealKey next_key = assert_sealed(next.start, next.length);
    g_assert_true(seal_key_equal(&key, &next_key));
    g_auto(Text) other = make(HEAD, "Secret", key.salt);
    SealKey other_key = assert_sealed(other.start, other.length);
    g_assert_false(seal_key_equal(&key, &other_key));
    SealKey salted = key;
    salted.salt[0] ^= 1;
    g_assert_false(seal_key_equal(&key, &salted));
    g_assert_false(opens(&salted, "secret"));
}

static void test_seal_again(void)
{
    static const guint8 salt[SEAL_SALT_BYTES] = "another salt....";
    g_auto(Text) first = make(HEAD, "secret", NULL);
    g_auto(Text) again = make(first.start, "changed", salt);
    g_auto(Text) direct = make(HEAD, "changed", salt);
    g_assert_cmpmem(again.start, again.length, direct.start, direct.length);
}

static void test_line_ends(void)
{
    g_auto(Text) open = make("[Policy]\nFormatVersion=1\nName=A\nSerial=1", "secret", NULL);
    assert_sealed(open.start, open.length);
    g_assert_true(g_str_has_prefix(open.start, HEAD "[Seal]\n"));

    g_auto(Text) crlf =
        make("[Policy]\r\nFormatVersion=1\r\nName=A\r\nSerial=1\r\n", "secret", NULL);
    assert_sealed(crlf.start, crlf.length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(crlf.start, crlf.length, diagnostics);
    g_assert_nonnull(policy);
}

static void test_unsealed(void)
{
    assert_unsealed("");
    assert_unsealed(HEAD);
    assert_unsealed(HEAD "# [Seal]\n[Seals]\n[seal]\nX=[Seal]\n[X-Seal]\n");
    assert_unsealed(HEAD "[Seal");
}

static void test_too_long(void)
{
    g_auto(Text) smallest = make("", "secret", NULL);
    gsize room = POLICY_DOCUMENT_MAX_BYTES - smallest.length;
    g_autofree char *padding = g_strnfill(room, '#');
    padding[room - 1] = '\n';
    g_auto(Text) longest = make(padding, "secret", NULL);
    g_assert_cmpuint(longest.length, ==, POLICY_DOCUMENT_MAX_BYTES);
    assert_sealed(longest.start, longest.length);

    padding[room - 1] = '#';
    g_autoptr(Password) password = password_from("secret");
    g_autoptr(GError) error = NULL;
    gsize length = 7;
    g_assert_null(seal_make(padding, room, password, NULL, &length, &error));
    g_assert_error(error, SEAL_ERROR, SEAL_ERROR_TOO_LONG);
    g_assert_cmpuint(length, ==, 7);
}

static void test_copied_seal(void)
{
    g_auto(Text) fixture = read_fixture();
    const char *seal = fixture.start + seal_document_find(fixture.start, fixture.length);
    g_autofree char *forged = g_strconcat(HEAD, seal, NULL);
    assert_error(forged, strlen(forged), SEAL_ERROR_FORGED);
}

static void assert_replaced(const char *from, const char *to, SealError code)
{
    g_auto(Text) fixture = read_fixture();
    g_autoptr(GString) text = g_string_new(fixture.start);
    g_assert_cmpuint(g_string_replace(text, from, to, 0), ==, 1);
    assert_error(text->str, text->len, code);
}

static void test_malformed(void)
{
    assert_replaced("[Seal]\n", "[Seal]\r\n", SEAL_ERROR_MALFORMED);
    assert_replaced("[Seal]\n", " [Seal]\n", SEAL_ERROR_MALFORMED);
    assert_replaced("[Seal]\n", "[Seal]\n\n", SEAL_ERROR_MALFORMED);
    assert_replaced("[Seal]\n", "[Seal]\n#\n", SEAL_ERROR_MALFORMED);
    assert_replaced("[Seal]\n", "[Seal]\n[Seal]\n", SEAL_ERROR_MALFORMED);
    assert_replaced("PublicKey=", "PublicKey= ", SEAL_ERROR_MALFORMED);
    assert_replaced("PublicKey=", "Signature=", SEAL_ERROR_MALFORMED);
    assert_replaced("ItgDQ==\n", "ItgDQ==\n#\n", SEAL_ERROR_MALFORMED);
    assert_replaced("ItgDQ==\n", "ItgDQ==", SEAL_ERROR_MALFORMED);
    /* The same 16 bytes, but for bits that base64 has to spare. */
    assert_replaced("cw==\n", "cx==\n", SEAL_ERROR_MALFORMED);
    assert_replaced("cw==\n", "cw\n", SEAL_ERROR_MALFORMED);
    /* A slash with its highest bit set, which libsodium's decoder takes for a slash. */
    assert_replaced("zprTMD2jjnXpKZP3mkRg/", "zprTMD2jjnXpKZP3mkRg\257", SEAL_ERROR_MALFORMED);
}

/* With this key, the neutral element, S=0 and R=1 would sign anything where nobody looks. */
static void test_small_order(void)
{
    Seal seal = {.key = {.public_key = {1}}, .signature = {1}};
    g_autoptr(GString) document = g_string_new(HEAD);
    seal_document_append_key(document, &seal.key);
    seal_document_append_signature(document, seal.signature);
    assert_error(document->str, document->len, SEAL_ERROR_FORGED);
}

static gboolean is_policy(const char *text, gsize length)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    return policy != NULL;
}

/* A document whose header line is damaged has no seal, but is no policy either. */
static void assert_refused(const char *text, gsize length, gsize at, gconstpointer data)
{
    gboolean sealed = FALSE;
    SealKey key;
    if (seal_check(text, length, &sealed, &key, NULL) && (sealed || is_policy(text, length)))
        g_error("a change at byte %" G_GSIZE_FORMAT " went unnoticed: %.*s", at, (int)length, text);
}

static void assert_not_sealed(const char *text, gsize length, gsize at, gconstpointer data)
{
    gboolean sealed = FALSE;
    SealKey key;
    g_assert_false(seal_check(text, length, &sealed, &key, NULL) && sealed);
}

static void test_every_byte(void)
{
    g_auto(Text) fixture = read_fixture();
    g_assert_true(is_policy(fixture.start, fixture.length));
    mutate_bytes(fixture.start, fixture.length, assert_refused, NULL);
    mutate_length(fixture.start, fixture.length, assert_refused, NULL);
    /* What is cut before the seal may be a document without one. */
    mutate_end(fixture.start, fixture.length, assert_not_sealed, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal/fixture", test_fixture);
    g_test_add_func("/seal/make-fixture", test_make_fixture);
    g_test_add_func("/seal/fresh-salt", test_fresh_salt);
    g_test_add_func("/seal/same-salt", test_same_salt);
    g_test_add_func("/seal/seal-again", test_seal_again);
    g_test_add_func("/seal/line-ends", test_line_ends);
    g_test_add_func("/seal/unsealed", test_unsealed);
    g_test_add_func("/seal/too-long", test_too_long);
    g_test_add_func("/seal/copied-seal", test_copied_seal);
    g_test_add_func("/seal/malformed", test_malformed);
    g_test_add_func("/seal/small-order", test_small_order);
    g_test_add_func("/seal/every-byte", test_every_byte);
    return g_test_run();
}
