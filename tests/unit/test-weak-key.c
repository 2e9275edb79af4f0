/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/keys/weak-key.h"

#include <string.h>

#include "agent/keys/key-file.h"

typedef struct Size {
    gnutls_pk_algorithm_t algorithm;
    guint n_bits;
    gboolean strong;
} Size;

static void test_sizes(void)
{
    static const Size sizes[] = {
        {GNUTLS_PK_RSA, 2047, FALSE},  {GNUTLS_PK_RSA, 2048, TRUE},
        {GNUTLS_PK_RSA, 4096, TRUE},   {GNUTLS_PK_RSA_PSS, 1024, FALSE},
        {GNUTLS_PK_ECDSA, 192, FALSE}, {GNUTLS_PK_ECDSA, 224, TRUE},
        {GNUTLS_PK_ECDSA, 521, TRUE},  {GNUTLS_PK_EDDSA_ED25519, 256, TRUE},
        {GNUTLS_PK_DSA, 3072, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *weak = weak_key_of_size(sizes[i].algorithm, sizes[i].n_bits);
        g_assert_cmpint(weak == NULL, ==, sizes[i].strong);
    }
}

static gnutls_x509_privkey_t make_key(gnutls_pk_algorithm_t algorithm, guint n_bits)
{
    gnutls_x509_privkey_t key;
    g_assert_cmpint(gnutls_x509_privkey_init(&key), ==, 0);
    g_assert_cmpint(gnutls_x509_privkey_generate(key, algorithm, n_bits, 0), ==, 0);
    return key;
}

static char *take_text(gnutls_datum_t *text)
{
    char *copy = g_strndup((const char *)text->data, text->size);
    gnutls_free(text->data);
    return copy;
}

static char *export_key(gnutls_x509_privkey_t key)
{
    gnutls_datum_t text = {0};
    g_assert_cmpint(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &text), ==, 0);
    return take_text(&text);
}

static char *make_certificate(gnutls_x509_privkey_t key, gnutls_digest_algorithm_t digest)
{
    gnutls_x509_crt_t certificate;
    gnutls_datum_t text = {0};
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, "1", 1);
    gnutls_x509_crt_set_activation_time(certificate, 0);
    gnutls_x509_crt_set_expiration_time(certificate, G_MAXINT32);
    gnutls_x509_crt_set_key(certificate, key);
    g_assert_cmpint(gnutls_x509_crt_sign2(certificate, certificate, key, digest, 0), ==, 0);
    g_assert_cmpint(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text), ==, 0);
    gnutls_x509_crt_deinit(certificate);
    return take_text(&text);
}

/* What is found in a file, "; " between. */
static char *judge(const char *text)
{
    g_autoptr(GPtrArray) found = key_file_find_weak(text, strlen(text));
    g_ptr_array_add(found, NULL);
    return g_strjoinv("; ", (char **)found->pdata);
}

static void assert_judged(const char *text, const char *expected)
{
    g_autofree char *found = judge(text);
    g_assert_cmpstr(found, ==, expected);
}

static void test_files(void)
{
    gnutls_x509_privkey_t weak = make_key(GNUTLS_PK_RSA, 1024);
    gnutls_x509_privkey_t strong = make_key(GNUTLS_PK_ECDSA, 256);
    g_autofree char *weak_key = export_key(weak);
    g_autofree char *strong_key = export_key(strong);
    g_autofree char *by_weak = make_certificate(weak, GNUTLS_DIG_SHA256);
    g_autofree char *by_strong = make_certificate(strong, GNUTLS_DIG_SHA256);
    g_autofree char *by_sha1 = make_certificate(strong, GNUTLS_DIG_SHA1);
    g_autofree char *all = g_strjoin("and\n", strong_key, weak_key, by_strong, by_sha1, NULL);

    assert_judged(weak_key, "RSA key of 1024 bits");
    assert_judged(by_weak, "RSA key of 1024 bits");
    assert_judged(by_sha1, "certificate signed with ECDSA-SHA1");
    assert_judged(strong_key, "");
    assert_judged(by_strong, "");
    assert_judged(all, "RSA key of 1024 bits; certificate signed with ECDSA-SHA1");
    gnutls_x509_privkey_deinit(weak);
    gnutls_x509_privkey_deinit(strong);
}

/* Programs that read PEM skip what stands before it. */
static void test_after_nul(void)
{
    gnutls_x509_privkey_t weak = make_key(GNUTLS_PK_RSA, 1024);
    g_autofree char *key = export_key(weak);
    g_autoptr(GString) file = g_string_new(NULL);
    g_string_append_len(file, "x\0\n", 3);
    g_string_append(file, key);
    g_autoptr(GPtrArray) found = key_file_find_weak(file->str, file->len);
    g_assert_cmpuint(found->len, ==, 1);
    gnutls_x509_privkey_deinit(weak);
}

static void test_der(void)
{
    gnutls_datum_t der = {0};
    gnutls_x509_privkey_t weak = make_key(GNUTLS_PK_RSA, 1024);
    g_assert_cmpint(gnutls_x509_privkey_export2(weak, GNUTLS_X509_FMT_DER, &der), ==, 0);
    g_autoptr(GPtrArray) found = key_file_find_weak((const char *)der.data, der.size);
    g_assert_cmpuint(found->len, ==, 1);
    gnutls_free(der.data);
    gnutls_x509_privkey_deinit(weak);
}

static void test_group(void)
{
    assert_judged("-----BEGIN DH PARAMETERS-----\n"
                  "MEYCQQCZUo9oAKr1oHw9pnE8BgfMJKUqaSc5c/HpDCPRIh5LpQGtqFAHB4/EKqQR\n"
                  "ibtJRZIQ3Aq5QOZ20iZhMJL7cXXXAgEC\n"
                  "-----END DH PARAMETERS-----\n",
                  "Diffie-Hellman group of 512 bits");
}

/* Neither keys nor anything that looks like one but is broken. */
static void test_odd_files(void)
{
    assert_judged("", "");
    assert_judged("0", "");
    assert_judged("0\x80 is not DER", "");
    assert_judged("-----BEGIN ", "");
    assert_judged("-----BEGIN PRIVATE KEY-----\nAAAA\n", "");
    assert_judged(
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "");
    assert_judged("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
                  "-----END RSA PRIVATE KEY-----\n",
                  "");
    g_autofree char *broken =
        judge("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    g_assert_true(g_str_has_prefix(broken, "cannot be judged: "));
}

static void append_string(GByteArray *bytes, const void *data, guint32 length)
{
    const guint32 prefix = GUINT32_TO_BE(length);
    g_byte_array_append(bytes, (const guint8 *)&prefix, sizeof prefix);
    g_byte_array_append(bytes, data, length);
}

/* A private key's file up to its public half, as OpenSSH has it. */
static GByteArray *make_ssh(const char *kind, gsize n_bytes)
{
    g_autoptr(GByteArray) public = g_byte_array_new();
    g_autofree guint8 *modulus = g_malloc0(n_bytes + 1);
    modulus[1] = 0x80;
    append_string(public, kind, (guint32)strlen(kind));
    append_string(public, "\1\0\1", 3);
    append_string(public, modulus, (guint32)n_bytes + 1);

    GByteArray *file = g_byte_array_new();
    g_byte_array_append(file, (const guint8 *)"openssh-key-v1", 15);
    append_string(file, "none", 4);
    append_string(file, "none", 4);
    append_string(file, "", 0);
    g_byte_array_append(file, (const guint8 *)"\0\0\0\1", 4);
    append_string(file, public->data, public->len);
    return file;
}

static void assert_ssh(const char *kind, gsize n_bytes, const char *expected)
{
    g_autoptr(GByteArray) file = make_ssh(kind, n_bytes);
    g_autofree char *weak = weak_key_of_ssh(file->data, file->len);
    g_assert_cmpstr(weak, ==, expected);
    for (guint length = 0; expected && length < file->len; length++) {
        g_autofree guint8 *cut = g_memdup2(file->data, MAX(length, 1));
        g_autofree char *broken = weak_key_of_ssh(cut, length);
        g_assert_cmpstr(broken, ==, "broken SSH key");
    }
}

static void test_ssh(void)
{
    assert_ssh("ssh-rsa", 128, "RSA key of 1024 bits");
    assert_ssh("ssh-rsa", 256, NULL);
    assert_ssh("ssh-dss", 128, "DSA key of SSH");
    assert_ssh("ssh-ed25519", 32, NULL);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/weak-key/sizes", test_sizes);
    g_test_add_func("/weak-key/files", test_files);
    g_test_add_func("/weak-key/after-nul", test_after_nul);
    g_test_add_func("/weak-key/der", test_der);
    g_test_add_func("/weak-key/group", test_group);
    g_test_add_func("/weak-key/odd-files", test_odd_files);
    g_test_add_func("/weak-key/ssh", test_ssh);
    return g_test_run();
}
