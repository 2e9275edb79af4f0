/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detached signatures over policy documents in minisign's format: both its prehashed "ED" and its
 * legacy "Ed" kind. Pure: bytes in, bytes out. */
#pragma once

#include "daemon/state/trusted-keys.h"

/* A signature file is four short lines. */
#define SIGNATURE_MAX_BYTES 2048

/* Who signed. All texts are displayable. */
typedef struct Signer {
    char *key_id;          /* 16 upper-case hexadecimal digits; minisign leaves leading zeros out */
    char *key_comment;     /* the untrusted comment of the public key file, "" where it has none */
    char *trusted_comment; /* of the signature; itself signed. Tabs have become spaces. */
} Signer;

void signer_free(Signer *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Signer, signer_free)

/* Checks @signature, the contents of a signature file, over @document. NULL with SIGNATURE_ERROR
 * where it cannot be read, its key is not among @keys, or it does not fit. The signature's own
 * untrusted comment is not signed and counts for nothing. */
Signer *signature_check(const TrustedKeys *keys, const char *document, gsize length,
                        const char *signature, gsize signature_length, GError **error);

#define SIGNATURE_ERROR (signature_error_quark())
GQuark signature_error_quark(void);
typedef enum SignatureError {
    SIGNATURE_ERROR_MALFORMED,
    SIGNATURE_ERROR_UNKNOWN_KEY,
    SIGNATURE_ERROR_INVALID,
} SignatureError;
