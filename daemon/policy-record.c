/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy-record.h"

#include "daemon/policy/policy-document.h"

G_DEFINE_QUARK(secpold_policy_record_error, policy_record_error)

const char *policy_origin_to_string(PolicyOrigin origin)
{
    static const char *const names[] = {
        [POLICY_ORIGIN_NONE] = "",
        [POLICY_ORIGIN_PROVISIONED] = "provisioned",
        [POLICY_ORIGIN_FALLBACK] = "fallback",
        [POLICY_ORIGIN_IMPORTED] = "imported",
    };
    return names[origin];
}

static PolicyRecord *record_new(PolicyOrigin origin, Policy *policy)
{
    PolicyRecord *record = g_new0(PolicyRecord, 1);

    record->origin = origin;
    record->policy = policy;
    record->digest = g_strdup("");
    record->warnings = g_strdup("");
    record->signer = g_strdup("");
    return record;
}

PolicyRecord *policy_record_new_none(void)
{
    return record_new(POLICY_ORIGIN_NONE, NULL);
}

PolicyRecord *policy_record_new_fallback(void)
{
    return record_new(POLICY_ORIGIN_FALLBACK, policy_new_fallback());
}

Policy *policy_record_parse(const char *text, gsize length, const char *name, char **ret_warnings,
                            GError **error)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    Policy *policy = policy_document_parse(text, length, diagnostics);
    g_autofree char *message = diagnostics_to_message(diagnostics, name);
    if (!policy)
        g_set_error_literal(error, POLICY_RECORD_ERROR, POLICY_RECORD_ERROR_INVALID, message);
    else if (ret_warnings)
        *ret_warnings = g_steal_pointer(&message);
    return policy;
}

/* Policy and warnings from the document. */
static PolicyRecord *parse(const char *text, gsize length, const char *name, PolicyOrigin origin,
                           GError **error)
{
    char *warnings = NULL;
    Policy *policy = policy_record_parse(text, length, name, &warnings, error);
    if (!policy)
        return NULL;

    PolicyRecord *record = record_new(origin, policy);
    g_free(record->warnings);
    record->warnings = warnings;
    return record;
}

PolicyRecord *policy_record_new(GBytes *document, const char *name, PolicyOrigin origin,
                                GError **error)
{
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autoptr(PolicyRecord) record = parse(text, length, name, origin, error);
    if (!record)
        return NULL;
    if (!seal_check(text, length, &record->sealed, &record->key, error)) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    record->document = g_bytes_ref(document);
    record->signature = g_bytes_new_static("", 0);
    g_free(record->digest);
    record->digest = policy_document_digest(text, length);
    return g_steal_pointer(&record);
}

PolicyRecord *policy_record_new_imported(const Generation *generation, GError **error)
{
    g_autofree char *name = g_strdup_printf("generation %" G_GUINT64_FORMAT, generation->number);
    PolicyRecord *record =
        policy_record_new(generation->document, name, POLICY_ORIGIN_IMPORTED, error);
    if (!record)
        return NULL;

    g_bytes_unref(record->signature);
    record->signature = g_bytes_ref(generation->signature);
    g_free(record->signer);
    record->signer = g_strdup(generation->meta.signer);
    record->generation = generation->number;
    record->imported_usec = generation->meta.imported_usec;
    record->previous = generation->meta.previous;
    record->deadline_usec = generation->meta.confirmed ? 0 : generation->meta.deadline_usec;
    return record;
}

void policy_record_free(PolicyRecord *record)
{
    if (!record)
        return;
    policy_free(record->policy);
    g_clear_pointer(&record->document, g_bytes_unref);
    g_clear_pointer(&record->signature, g_bytes_unref);
    g_free(record->digest);
    g_free(record->warnings);
    g_free(record->signer);
    g_free(record);
}

const char *policy_record_name(const PolicyRecord *record)
{
    return record->policy ? record->policy->name : "";
}

guint64 policy_record_serial(const PolicyRecord *record)
{
    return record->document ? record->policy->serial : 0;
}
