/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules by which a policy is let in: what is checked of it, in which order, and which passwords
 * it takes. Nothing here changes anything. */
#pragma once

#include "daemon/password-job.h"
#include "daemon/policy-record.h"
#include "daemon/state/signature.h"

/* The longest time to wait for a confirmation: a day. */
#define IMPORT_MAX_CONFIRM_SEC 86400

typedef struct ImportRequest {
    GBytes *document;
    GBytes *signature;          /* empty: not signed */
    Password *password;         /* NULL: none given */
    Password *current_password; /* NULL: none given */
    guint confirm_sec;          /* 0: in force for good */
    guint32 uid;                /* who asks */
    char *unit;                 /* systemd unit of who asks, "" where unknown */
} ImportRequest;

void import_request_free(ImportRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImportRequest, import_request_free)

/* What a document is measured by. All borrowed. */
typedef struct ImportRules {
    const TrustedKeys *keys;
    gboolean require_signature;
    gboolean allow_older_serial;
    guint64 serial_floor; /* the highest confirmed so far; 0: none */
    const char *floor_digest;
} ImportRules;

/* Size, content, seal, signature and serial, in this order; the candidate carries its signer.
 * POLICY_RECORD_ERROR, SEAL_ERROR, SIGNATURE_ERROR or IMPORT_ERROR otherwise. */
PolicyRecord *import_examine(const ImportRequest *request, const ImportRules *rules,
                             GError **error);

/* Which passwords have to open which seals before @candidate may replace what is in force; none
 * where the device has no password, or the candidate is sealed by the same. The trials borrow from
 * the request. IMPORT_ERROR_PASSWORD_REQUIRED where one is needed that was not given. */
gboolean import_trials(const ImportRequest *request, const PolicyRecord *in_force,
                       const PolicyRecord *candidate,
                       PasswordTrial ret_trials[PASSWORD_JOB_MAX_TRIALS], gsize *ret_n_trials,
                       GError **error);

#define IMPORT_ERROR (import_error_quark())
GQuark import_error_quark(void);
typedef enum ImportError {
    IMPORT_ERROR_SIGNATURE_REQUIRED,
    IMPORT_ERROR_STALE_SERIAL,
    IMPORT_ERROR_PASSWORD_REQUIRED,
    IMPORT_ERROR_PASSWORD_MISMATCH,
    IMPORT_ERROR_IN_PROGRESS,
    IMPORT_ERROR_ABANDONED,
    IMPORT_ERROR_NOTHING_TO_CONFIRM,
    IMPORT_ERROR_NO_POLICY,
    IMPORT_ERROR_NO_PROFILE,
} ImportError;
