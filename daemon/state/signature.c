/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/signature.h"

#include <sodium.h>
#include <string.h>

#include "daemon/state/minisign-text.h"

#define ALGORITHM_BYTES     2
#define ALGORITHM_LEGACY    "Ed"
#define ALGORITHM_PREHASHED "ED"

/* minisign's BLAKE2b-512. */
#define HASH_BYTES 64

/* What the first line of base64 holds. */
typedef struct SignatureLine {
    char algorithm[ALGORITHM_BYTES];
    guint8 key_id[TRUSTED_KEY_ID_BYTES];
    guint8 bytes[crypto_sign_ed25519_BYTES];
} SignatureLine;
G_STATIC_ASSERT(sizeof(SignatureLine) == 74);
G_STATIC_ASSERT(TRUSTED_KEY_PUBLIC_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES);

typedef struct Signature {
    SignatureLine document;
    gboolean prehashed;
    MinisignLine trusted_comment;
    guint8 global[crypto_sign_ed25519_BYTES]; /* over the document's signature and the comment */
} Signature;

G_DEFINE_QUARK(secpold_signature_error, signature_error)

void signer_free(Signer *signer)
{
    if (signer == NULL)
        return;
    g_free(signer->key_id);
    g_free(signer->key_comment);
    g_free(signer->trusted_comment);
    g_free(signer);
}

static gboolean read_algorithm(Signature *signature)
{
    const char *name = signature->document.algorithm;
    signature->prehashed = memcmp(name, ALGORITHM_PREHASHED, ALGORITHM_BYTES) == 0;
    return signature->prehashed || memcmp(name, ALGORITHM_LEGACY, ALGORITHM_BYTES) == 0;
}

static gboolean read_signature(const char *text, gsize length, Signature *ret_signature,
                               GError **error)
{
    MinisignLine lines[4];
    MinisignLine untrusted_comment;
    Signature signature;
    if (length > SIGNATURE_MAX_BYTES || !minisign_split(text, length, lines, G_N_ELEMENTS(lines)) ||
        !minisign_after(&lines[0], MINISIGN_UNTRUSTED_COMMENT, &untrusted_comment) ||
        !minisign_decode(&lines[1], (guint8 *)&signature.document, sizeof signature.document) ||
        !minisign_after(&lines[2], MINISIGN_TRUSTED_COMMENT, &signature.trusted_comment) ||
        !minisign_decode(&lines[3], signature.global, sizeof signature.global) ||
        !read_algorithm(&signature)) {
        g_set_error_literal(error, SIGNATURE_ERROR, SIGNATURE_ERROR_MALFORMED,
                            "the signature is not a file as minisign -S writes it");
        return FALSE;
    }
    *ret_signature = signature;
    return TRUE;
}

static gboolean fits_document(const Signature *signature, const TrustedKey *key,
                              const char *document, gsize length)
{
    guint8 hash[HASH_BYTES];
    const guint8 *message = (const guint8 *)document;
    if (signature->prehashed) {
        crypto_generichash_blake2b(hash, sizeof hash, message, length, NULL, 0);
        message = hash;
        length = sizeof hash;
    }
    return crypto_sign_ed25519_verify_detached(signature->document.bytes, message, length,
                                               key->public_key) == 0;
}

static gboolean fits_comment(const Signature *signature, const TrustedKey *key)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_byte_array_append(message, signature->document.bytes, sizeof signature->document.bytes);
    g_byte_array_append(message, (const guint8 *)signature->trusted_comment.start,
                        (guint)signature->trusted_comment.length);
    return crypto_sign_ed25519_verify_detached(signature->global, message->data, message->len,
                                               key->public_key) == 0;
}

static Signer *signer_new(const Signature *signature, const TrustedKey *key)
{
    char key_id[MINISIGN_KEY_ID_SIZE];
    minisign_print_key_id(key->id, key_id);
    Signer *signer = g_new0(Signer, 1);
    signer->key_id = g_strdup(key_id);
    signer->key_comment = g_strdup(key->comment);
    signer->trusted_comment = minisign_display(&signature->trusted_comment);
    return signer;
}

static void set_refused(GError **error, const Signature *signature, gboolean key_is_known)
{
    char key_id[MINISIGN_KEY_ID_SIZE];
    minisign_print_key_id(signature->document.key_id, key_id);
    if (key_is_known)
        g_set_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_INVALID,
                    "the signature by key %s does not fit: document, signature or trusted "
                    "comment was changed after signing",
                    key_id);
    else
        g_set_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_UNKNOWN_KEY,
                    "the signature is by key %s, which is not among the trusted keys", key_id);
}

Signer *signature_check(const TrustedKeys *keys, const char *document, gsize length,
                        const char *signature, gsize signature_length, GError **error)
{
    Signature read;
    if (!read_signature(signature, signature_length, &read, error))
        return NULL;
    const TrustedKey *key = NULL;
    gboolean key_is_known = FALSE;
    while ((key = trusted_keys_find(keys, read.document.key_id, key)) != NULL) {
        key_is_known = TRUE;
        if (fits_document(&read, key, document, length) && fits_comment(&read, key))
            return signer_new(&read, key);
    }
    set_refused(error, &read, key_is_known);
    return NULL;
}
