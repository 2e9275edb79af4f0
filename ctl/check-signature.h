/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signature that goes with a document given on the command line. */
#pragma once

#include "ctl/json-output.h"

#include "daemon/state/signature.h"

typedef struct SignatureFinding {
    char *path;     /* of the signature file; NULL where the document is not signed */
    Signer *signer; /* NULL where not signed, or where ... */
    GError *error;  /* ... this says what is wrong with the signature */
} SignatureFinding;

void signature_finding_free(SignatureFinding *finding);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SignatureFinding, signature_finding_free)

/* Where the signature of the document in @path is: @signature or, where that is NULL, PATH.minisig
 * if there is such a file; NULL otherwise. Free with g_free(). */
char *signature_path(const char *path, const char *signature);

/* Checks the signature in signature_path() against the keys in @folder. */
SignatureFinding *check_signature(const char *path, GBytes *document, const char *signature,
                                  const char *folder);

/* File and either KeyId, KeyComment and TrustedComment or Problem; null where not signed. */
JsonNode *signature_finding_to_json(const SignatureFinding *finding);
