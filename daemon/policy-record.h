/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy together with where it comes from: what can be in force. */
#pragma once

#include "daemon/policy/policy.h"
#include "daemon/state/seal.h"
#include "daemon/state/store.h"

typedef enum PolicyOrigin {
    POLICY_ORIGIN_NONE,
    POLICY_ORIGIN_PROVISIONED,
    POLICY_ORIGIN_FALLBACK,
    POLICY_ORIGIN_IMPORTED,
    POLICY_ORIGIN_LAST = POLICY_ORIGIN_IMPORTED,
} PolicyOrigin;

const char *policy_origin_to_string(PolicyOrigin origin); /* "" for none, "imported" */

/* Strings are never NULL, "" where there is nothing to say. */
typedef struct PolicyRecord {
    PolicyOrigin origin;
    Policy *policy;        /* NULL: none */
    GBytes *document;      /* NULL for none and the fallback, which have no document */
    GBytes *signature;     /* empty where it is not signed; NULL without a document */
    char *digest;          /* SHA-256 of the document, lower-case hexadecimal */
    char *warnings;        /* of the document, a line each; accepted, but somebody should look */
    char *signer;          /* key id and comments of the signature */
    guint64 generation;    /* 0: not imported */
    guint64 imported_usec; /* CLOCK_REALTIME microseconds; 0: not imported */
    guint64 previous;      /* the generation to go back to while not confirmed; 0: none */
    guint64 deadline_usec; /* CLOCK_BOOTTIME microseconds until when to confirm; 0: confirmed */
    gboolean sealed;
    SealKey key; /* of the seal */
} PolicyRecord;

PolicyRecord *policy_record_new_none(void);
PolicyRecord *policy_record_new_fallback(void);

/* The policy of a document, with its warnings (a line each, free with g_free()) where @ret_warnings
 * is not NULL. POLICY_RECORD_ERROR_INVALID with all diagnostics, prefixed by @name. */
Policy *policy_record_parse(const char *text, gsize length, const char *name, char **ret_warnings,
                            GError **error);

/* Parses the document and checks its seal. POLICY_RECORD_ERROR_INVALID with all diagnostics,
 * prefixed by @name, or SEAL_ERROR. The result has no signer and is of no generation. */
PolicyRecord *policy_record_new(GBytes *document, const char *name, PolicyOrigin origin,
                                GError **error);

/* The policy of a stored generation, with all that is known of it; same errors. */
PolicyRecord *policy_record_new_imported(const Generation *generation, GError **error);

void policy_record_free(PolicyRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyRecord, policy_record_free)

const char *policy_record_name(const PolicyRecord *record); /* "" where there is no policy */
guint64 policy_record_serial(const PolicyRecord *record);   /* 0 where there is no document */

#define POLICY_RECORD_ERROR (policy_record_error_quark())
GQuark policy_record_error_quark(void);
typedef enum PolicyRecordError {
    POLICY_RECORD_ERROR_INVALID,
} PolicyRecordError;
