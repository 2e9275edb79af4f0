/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detached signatures over policy documents in minisign's format (both its prehashed "ED" and its
 * legacy "Ed" kind), and the public keys a device trusts.
 */
#pragma once

#include <glib.h>

/* A signature file is four short lines. */
#define SIGNATURE_MAX_BYTES 2048
/* More keys in the directory are an error. */
#define TRUSTED_KEYS_MAX 64

typedef struct TrustedKeys TrustedKeys;

/* Who signed. */
typedef struct Signer {
    char *key_id;          /* 16 upper-case hexadecimal digits, as minisign prints it */
    char *key_comment;     /* the untrusted comment of the public key file, "" where it has none */
    char *trusted_comment; /* of the signature; itself signed */
} Signer;

void signer_free(Signer *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signer, signer_free)

/* No key at all. */
TrustedKeys *trusted_keys_new(void);
void trusted_keys_free(TrustedKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TrustedKeys, trusted_keys_free)

/* Adds the key in a public key file's text. SIGNATURE_ERROR_MALFORMED naming @name otherwise. */
gboolean trusted_keys_add(TrustedKeys *keys, const char *name, const char *text, gsize length,
                          GError **error);

/* Reads every *.pub of the directory, at most TRUSTED_KEYS_MAX of 1 KiB. A directory that is not
 * there gives no keys. */
TrustedKeys *trusted_keys_load(const char *directory, GError **error);

/* Checks @signature over @document. NULL with SIGNATURE_ERROR where it cannot be read, its key is
 * not among @keys, or it does not fit. */
Signer *signature_check(const TrustedKeys *keys, const char *document, gsize length,
                        const char *signature, gsize signature_length, GError **error);

#define SIGNATURE_ERROR (signature_error_quark())
GQuark signature_error_quark(void);
typedef enum SignatureError {
    SIGNATURE_ERROR_MALFORMED,
    SIGNATURE_ERROR_UNKNOWN_KEY,
    SIGNATURE_ERROR_INVALID,
} SignatureError;
