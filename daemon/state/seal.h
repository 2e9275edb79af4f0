/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The setting password at work. An Ed25519 key pair derived from the password seals a policy
 * document; whoever has an export can check the seal but not make one. Pure: bytes in, bytes out.
 *
 * The key is the Ed25519 pair whose seed is argon2id (version 1.3) over the password and the salt,
 * with 19456 KiB, 2 passes and 1 lane (OWASP's cheapest recommended setting, which a controller
 * with little memory can bear); FormatVersion 1 fixes this cost.
 *
 * The seal is the end of a document, and exactly this, with LF:
 *
 *   [Seal]
 *   Salt=BASE64
 *   PublicKey=BASE64
 *   Signature=BASE64
 *
 * Signed are all bytes before the line of the signature, so salt and public key are sealed as well:
 * with another salt nobody's password would open the seal any more.
 */
#pragma once

#include "daemon/state/password.h"

#define SEAL_SALT_BYTES       16
#define SEAL_PUBLIC_KEY_BYTES 32
#define SEAL_SIGNATURE_BYTES  64

/* Against this a password is checked. Not secret. */
typedef struct SealKey {
    guint8 salt[SEAL_SALT_BYTES];
    guint8 public_key[SEAL_PUBLIC_KEY_BYTES];
} SealKey;

/* TRUE where the document has no seal, with *ret_sealed FALSE, or a seal that is good, with
 * *ret_sealed TRUE and its key. SEAL_ERROR_MALFORMED or SEAL_ERROR_FORGED otherwise. Whether the
 * rest is a policy is not looked at. Messages are worded for a diagnostic of the key "Seal". */
gboolean seal_check(const char *document, gsize length, gboolean *ret_sealed, SealKey *ret_key,
                    GError **error);

/* Whether the password is the one the key was derived from. Takes some 50 ms and 19 MiB: not for
 * the event loop. FALSE with SEAL_ERROR_NO_MEMORY where the memory cannot be had; FALSE without
 * @error where the password is another. */
gboolean seal_key_opens(const SealKey *key, const Password *password, GError **error);

/* In constant time. The same public key under another salt is another key. */
gboolean seal_key_equal(const SealKey *a, const SealKey *b);

/* The document with a seal in place of the one it may have; a last line without end gets one.
 * @salt: SEAL_SALT_BYTES bytes of the document whose password this is too, so that a device which
 * holds that one accepts the new one without asking; NULL for a fresh one. SEAL_ERROR_TOO_LONG
 * where there is no room for a seal, SEAL_ERROR_NO_MEMORY. Free with g_free(). */
char *seal_make(const char *document, gsize length, const Password *password, const guint8 *salt,
                gsize *ret_length, GError **error);

#define SEAL_ERROR (seal_error_quark())
GQuark seal_error_quark(void);
typedef enum SealError {
    SEAL_ERROR_MALFORMED, /* the [Seal] group is not as above */
    SEAL_ERROR_FORGED,    /* the signature does not fit the document */
    SEAL_ERROR_TOO_LONG,  /* the document would be longer than POLICY_DOCUMENT_MAX_BYTES */
    SEAL_ERROR_NO_MEMORY,
} SealError;
