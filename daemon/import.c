/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/import.h"

#include <inttypes.h>

G_DEFINE_QUARK(secpold_import_error, import_error)

void import_request_free(ImportRequest *request)
{
    if (!request)
        return;
    g_clear_pointer(&request->document, g_bytes_unref);
    g_clear_pointer(&request->signature, g_bytes_unref);
    password_free(request->password);
    password_free(request->current_password);
    g_free(request->unit);
    g_free(request);
}

/* "E7620F1842B4E81F, key of head office: floors 1-4, edition 12". */
static char *describe(const Signer *signer)
{
    g_autoptr(GString) text = g_string_new(signer->key_id);

    if (*signer->key_comment)
        g_string_append_printf(text, ", %s", signer->key_comment);
    if (*signer->trusted_comment)
        g_string_append_printf(text, ": %s", signer->trusted_comment);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean check_signature(const ImportRequest *request, const ImportRules *rules,
                                PolicyRecord *candidate, GError **error)
{
    gsize length;
    const char *signature = g_bytes_get_data(request->signature, &length);

    if (length == 0 && rules->require_signature) {
        g_set_error_literal(error, IMPORT_ERROR, IMPORT_ERROR_SIGNATURE_REQUIRED,
                            "This device takes signed policies only; sign it with minisign and "
                            "give the signature with it");
        return FALSE;
    }
    if (length == 0)
        return TRUE;

    g_autoptr(Signer) signer =
        signature_check(rules->keys, g_bytes_get_data(request->document, NULL),
                        g_bytes_get_size(request->document), signature, length, error);
    if (!signer)
        return FALSE;
    g_free(candidate->signer);
    candidate->signer = describe(signer);
    g_bytes_unref(candidate->signature);
    candidate->signature = g_bytes_ref(request->signature);
    return TRUE;
}

static gboolean check_serial(const ImportRules *rules, const PolicyRecord *candidate,
                             GError **error)
{
    const guint64 serial = policy_record_serial(candidate);
    const gboolean same =
        serial == rules->serial_floor && g_str_equal(candidate->digest, rules->floor_digest);

    if (serial > rules->serial_floor || same || rules->allow_older_serial)
        return TRUE;
    if (serial == rules->serial_floor)
        g_set_error(error, IMPORT_ERROR, IMPORT_ERROR_STALE_SERIAL,
                    "Serial %" PRIu64 " was given to another document that was in force here; "
                    "raise the serial above %" PRIu64,
                    serial, rules->serial_floor);
    else
        g_set_error(error, IMPORT_ERROR, IMPORT_ERROR_STALE_SERIAL,
                    "Serial %" PRIu64 " is older than %" PRIu64 ", which was in force here", serial,
                    rules->serial_floor);
    return FALSE;
}

PolicyRecord *import_examine(const ImportRequest *request, const ImportRules *rules, GError **error)
{
    g_autoptr(PolicyRecord) candidate =
        policy_record_new(request->document, "document", POLICY_ORIGIN_IMPORTED, error);

    if (!candidate || !check_signature(request, rules, candidate, error) ||
        !check_serial(rules, candidate, error))
        return NULL;
    return g_steal_pointer(&candidate);
}

static gboolean require(const char *what, GError **error)
{
    g_set_error(error, IMPORT_ERROR, IMPORT_ERROR_PASSWORD_REQUIRED,
                "The device holds a setting password: %s", what);
    return FALSE;
}

/* The device's seal has to be opened by the current password, or where none is given apart, by the
 * one that opens the document as well. That the document's is known is asked for too: a device must
 * not end with a password that nobody knows. */
gboolean import_trials(const ImportRequest *request, const PolicyRecord *in_force,
                       const PolicyRecord *candidate,
                       PasswordTrial ret_trials[PASSWORD_JOB_MAX_TRIALS], gsize *ret_n_trials,
                       GError **error)
{
    const Password *current =
        request->current_password ? request->current_password : request->password;
    gsize n = 0;

    if (!in_force->sealed ||
        (candidate->sealed && seal_key_equal(&in_force->key, &candidate->key))) {
        *ret_n_trials = 0;
        return TRUE;
    }
    if (!candidate->sealed && !request->current_password)
        return require("to remove it with a document that is not sealed, give it as the current "
                       "password",
                       error);
    if (!current)
        return require("the document is sealed with another one, or with another salt; give it",
                       error);

    if (candidate->sealed && !request->password)
        return require("the document is sealed with another one; give that as the password", error);

    ret_trials[n++] = (PasswordTrial){in_force->key, current};
    if (candidate->sealed)
        ret_trials[n++] = (PasswordTrial){candidate->key, request->password};
    *ret_n_trials = n;
    return TRUE;
}
