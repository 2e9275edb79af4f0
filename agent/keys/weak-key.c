/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/keys/weak-key.h"

#include <string.h>

char *weak_key_of_size(gnutls_pk_algorithm_t algorithm, guint n_bits)
{
    if (algorithm != GNUTLS_PK_DSA &&
        gnutls_pk_bits_to_sec_param(algorithm, n_bits) >= GNUTLS_SEC_PARAM_MEDIUM)
        return NULL;
    const char *name = gnutls_pk_get_name(algorithm);
    return g_strdup_printf("%s key of %u bits", name ? name : "unknown", n_bits);
}

char *weak_key_of_certificate(gnutls_x509_crt_t certificate)
{
    unsigned int n_bits = 0;
    const int algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, &n_bits);
    const int signature = gnutls_x509_crt_get_signature_algorithm(certificate);
    if (algorithm < 0)
        return g_strdup("certificate with an unknown key");
    char *weak = weak_key_of_size((gnutls_pk_algorithm_t)algorithm, n_bits);
    if (weak)
        return weak;
    if (signature > 0 && gnutls_sign_is_secure2((gnutls_sign_algorithm_t)signature,
                                                GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS))
        return NULL;
    const char *name =
        signature > 0 ? gnutls_sign_get_name((gnutls_sign_algorithm_t)signature) : NULL;
    return g_strdup_printf("certificate signed with %s", name ? name : "an unknown algorithm");
}

char *weak_key_of_private(gnutls_x509_privkey_t key)
{
    unsigned int n_bits = 0;
    const int algorithm = gnutls_x509_privkey_get_pk_algorithm2(key, &n_bits);
    if (algorithm < 0)
        return g_strdup("unknown key");
    return weak_key_of_size((gnutls_pk_algorithm_t)algorithm, n_bits);
}

/* A number's bits, most significant byte first. */
static guint count_bits(const guint8 *bytes, gsize length)
{
    while (length && !*bytes) {
        bytes++;
        length--;
    }
    return length ? (guint)((length - 1) * 8) + g_bit_storage(*bytes) : 0;
}

char *weak_key_of_group(gnutls_dh_params_t group)
{
    gnutls_datum_t prime = {0};
    gnutls_datum_t generator = {0};
    if (gnutls_dh_params_export_raw(group, &prime, &generator, NULL) < 0)
        return g_strdup("unknown group");
    const guint n_bits = count_bits(prime.data, prime.size);
    gnutls_free(prime.data);
    gnutls_free(generator.data);
    if (gnutls_pk_bits_to_sec_param(GNUTLS_PK_DH, n_bits) >= GNUTLS_SEC_PARAM_MEDIUM)
        return NULL;
    return g_strdup_printf("Diffie-Hellman group of %u bits", n_bits);
}

/* SSH's strings: four bytes of length, most significant first, and as many bytes. */
typedef struct SshText {
    const guint8 *at;
    gsize left;
} SshText;

static gboolean next_string(SshText *text, SshText *ret_string)
{
    guint32 length;
    if (text->left < sizeof length)
        return FALSE;
    memcpy(&length, text->at, sizeof length);
    length = GUINT32_FROM_BE(length);
    if (length > text->left - sizeof length)
        return FALSE;
    *ret_string = (SshText){text->at + sizeof length, length};
    text->at += sizeof length + length;
    text->left -= sizeof length + length;
    return TRUE;
}

static gboolean is_named(const SshText *string, const char *name)
{
    return string->left == strlen(name) && memcmp(string->at, name, string->left) == 0;
}

/* A public key: its kind, then what belongs to that. */
static char *judge_public(SshText key)
{
    SshText kind;
    SshText exponent;
    if (!next_string(&key, &kind))
        return g_strdup("broken SSH key");
    if (is_named(&kind, "ssh-dss"))
        return g_strdup("DSA key of SSH");
    if (!is_named(&kind, "ssh-rsa"))
        return NULL;
    SshText modulus;
    if (!next_string(&key, &exponent) || !next_string(&key, &modulus))
        return g_strdup("broken SSH key");
    return weak_key_of_size(GNUTLS_PK_RSA, count_bits(modulus.at, modulus.left));
}

char *weak_key_of_ssh(const guint8 *bytes, gsize length)
{
    static const char magic[] = "openssh-key-v1";
    SshText text = {bytes, length};
    SshText skipped;
    SshText public;

    if (length < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return g_strdup("broken SSH key");
    text.at += sizeof magic;
    text.left -= sizeof magic;
    /* Cipher, key derivation and its options; then the number of keys, which is one. */
    for (guint i = 0; i < 3; i++)
        if (!next_string(&text, &skipped))
            return g_strdup("broken SSH key");
    if (text.left < 4)
        return g_strdup("broken SSH key");
    text.at += 4;
    text.left -= 4;
    return next_string(&text, &public) ? judge_public(public) : g_strdup("broken SSH key");
}
