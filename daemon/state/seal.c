/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal.h"

#include <sodium.h>

#include "daemon/policy/policy-document.h"
#include "daemon/state/seal-document.h"
#include "daemon/state/seal-key.h"

G_STATIC_ASSERT(SEAL_SALT_BYTES == POLICY_SEAL_SALT_BYTES);
G_STATIC_ASSERT(SEAL_PUBLIC_KEY_BYTES == POLICY_SEAL_PUBLIC_KEY_BYTES);
G_STATIC_ASSERT(SEAL_SIGNATURE_BYTES == POLICY_SEAL_SIGNATURE_BYTES);

G_DEFINE_QUARK(secpold_seal_error, seal_error)

gboolean seal_check(const char *document, gsize length, gboolean *ret_sealed, SealKey *ret_key,
                    GError **error)
{
    gsize start = seal_document_find(document, length);
    if (start == length) {
        *ret_sealed = FALSE;
        return TRUE;
    }
    Seal seal;
    if (!seal_document_parse(document + start, length - start, &seal)) {
        g_set_error_literal(error, SEAL_ERROR, SEAL_ERROR_MALFORMED,
                            "the seal is not in the form that secpolctl seal gives it, as the end "
                            "of the document; seal it again");
        return FALSE;
    }
    if (crypto_sign_ed25519_verify_detached(seal.signature, (const guint8 *)document,
                                            length - seal_document_signature_length(),
                                            seal.key.public_key) != 0) {
        g_set_error_literal(error, SEAL_ERROR, SEAL_ERROR_FORGED,
                            "the seal does not fit the document, which was changed after it was "
                            "sealed or took its seal from another one");
        return FALSE;
    }
    *ret_sealed = TRUE;
    *ret_key = seal.key;
    return TRUE;
}

static SealSecret *derive(const Password *password, const guint8 *salt, SealKey *ret_key,
                          GError **error)
{
    guint8 fresh[SEAL_SALT_BYTES];
    if (salt == NULL)
        randombytes_buf(fresh, sizeof fresh);
    return seal_key_derive(password, salt != NULL ? salt : fresh, ret_key, error);
}

char *seal_make(const char *document, gsize length, const Password *password, const guint8 *salt,
                gsize *ret_length, GError **error)
{
    SealKey key;
    g_autoptr(SealSecret) secret = derive(password, salt, &key, error);
    if (secret == NULL)
        return NULL;

    g_autoptr(GString) sealed =
        g_string_new_len(document, (gssize)seal_document_find(document, length));
    if (sealed->len > 0 && sealed->str[sealed->len - 1] != '\n')
        g_string_append_c(sealed, '\n');
    seal_document_append_key(sealed, &key);
    guint8 signature[SEAL_SIGNATURE_BYTES];
    crypto_sign_ed25519_detached(signature, NULL, (const guint8 *)sealed->str, sealed->len,
                                 secret->bytes);
    seal_document_append_signature(sealed, signature);
    if (sealed->len > POLICY_DOCUMENT_MAX_BYTES) {
        g_set_error(error, SEAL_ERROR, SEAL_ERROR_TOO_LONG,
                    "with a seal the document would be %" G_GSIZE_FORMAT
                    " bytes long; at most %d are allowed",
                    sealed->len, POLICY_DOCUMENT_MAX_BYTES);
        return NULL;
    }
    *ret_length = sealed->len;
    return g_string_free(g_steal_pointer(&sealed), FALSE);
}
