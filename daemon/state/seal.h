/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The setting password at work. An Ed25519 key pair derived from the password seals a policy
 * document; whoever has an export can check the seal but not make one. Pure: bytes in, bytes out.
 *
 * The key is the Ed25519 pair whose seed is argon2id (version 1.3) over the password and the salt,
 * with 19456 KiB, 2 passes and 1 lane (OWASP's cheapest recommended setting, which a controller
 * with little memory can bear); FormatVersion 1 fixes this cost. Sealed are all bytes before the
 * first line that equals "[Seal]".
 */
#pragma once

#include <glib.h>

#define SEAL_SALT_BYTES       16
#define SEAL_PUBLIC_KEY_BYTES 32
#define SEAL_SIGNATURE_BYTES  64

/* Passwords are 1 to 128 bytes of UTF-8 without control characters. */
#define SEAL_MAX_PASSWORD_BYTES 128

/* Against this a password is checked. Not secret. */
typedef struct SealKey {
    guint8 salt[SEAL_SALT_BYTES];
    guint8 public_key[SEAL_PUBLIC_KEY_BYTES];
} SealKey;

/* TRUE where the document has no seal, with *ret_sealed FALSE, or a seal that is good, with
 * *ret_sealed TRUE and its key. SEAL_ERROR_MALFORMED or SEAL_ERROR_FORGED otherwise. */
gboolean seal_check(const char *document, gsize length, gboolean *ret_sealed, SealKey *ret_key,
                    GError **error);

/* Whether the password is the one the key was derived from. Takes some 50 ms and 19 MiB: not for
 * the event loop. FALSE with SEAL_ERROR_NO_MEMORY where the memory cannot be had; FALSE without
 * @error where the password is another. */
gboolean seal_key_opens(const SealKey *key, const char *password, GError **error);

/* In constant time. The same public key under another salt is another key. */
gboolean seal_key_equal(const SealKey *a, const SealKey *b);

/* The document with a seal in place of the one it may have. @salt: of the document whose password
 * this is too, so that a device which holds that one accepts the new one without asking; NULL for a
 * fresh one. SEAL_ERROR_PASSWORD where @password is not one. Free with g_free(). */
char *seal_make(const char *document, gsize length, const char *password, const guint8 *salt,
                gsize *ret_length, GError **error);

#define SEAL_ERROR (seal_error_quark())
GQuark seal_error_quark(void);
typedef enum SealError {
    SEAL_ERROR_MALFORMED, /* the [Seal] group cannot be read */
    SEAL_ERROR_FORGED,    /* the signature does not fit the document */
    SEAL_ERROR_PASSWORD,  /* not a password: empty, too long, or with control characters */
    SEAL_ERROR_NO_MEMORY,
} SealError;
