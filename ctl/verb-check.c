/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl check FILE: whether a policy document would be accepted, and who sealed and signed it;
 * asks nobody. */
#include "ctl/check-signature.h"
#include "ctl/document.h"
#include "ctl/verb.h"
#include "daemon/config.h"

#include "daemon/policy/policy-document.h"
#include "daemon/state/seal.h"

#include <stdio.h>

typedef struct Findings {
    const char *path;
    GBytes *document;
    Diagnostics *diagnostics;
    Policy *policy;  /* NULL where the document is not one; its seal may still be bad */
    gboolean sealed; /* with a good seal */
    SignatureFinding *signature;
} Findings;

static void findings_clear(Findings *findings)
{
    g_clear_pointer(&findings->document, g_bytes_unref);
    g_clear_pointer(&findings->diagnostics, diagnostics_free);
    policy_free(findings->policy);
    signature_finding_free(findings->signature);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Findings, findings_clear)

static gboolean is_valid(const Findings *findings)
{
    return findings->diagnostics->n_errors == 0;
}

static guint count_requested(const Policy *policy)
{
    guint count = 0;
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        count += policy->items[i].requested ? 1 : 0;
    }
    return count;
}

static void print_signature(const Context *context, const SignatureFinding *finding)
{
    if (finding->error) {
        g_autofree char *message = terminal_escape(finding->error->message);
        printf("%s\n", message);
    } else if (finding->signer && context->legend) {
        const Signer *signer = finding->signer;
        g_autofree char *name = terminal_escape(finding->path);
        g_autofree char *key_comment = terminal_escape(signer->key_comment);
        g_autofree char *trusted_comment = terminal_escape(signer->trusted_comment);
        printf("%s: signed by key %s (%s): %s\n", name, signer->key_id, key_comment,
               trusted_comment);
    }
}

static void print_text(const Context *context, const Findings *findings)
{
    const Policy *policy = findings->policy;
    document_print_diagnostics(findings->path, findings->diagnostics);
    g_autofree char *name = terminal_escape(document_name(findings->path));
    if (context->legend && is_valid(findings)) {
        g_autofree char *policy_name = terminal_escape(policy->name);
        printf("%s: valid: %s, serial %" G_GUINT64_FORMAT ", %u of %d items, %s\n", name,
               policy_name, policy->serial, count_requested(policy), CATALOG_N_ITEMS,
               findings->sealed ? "sealed" : "not sealed");
    } else if (context->legend) {
        printf("%s: not valid: %u %s\n", name, findings->diagnostics->n_errors,
               findings->diagnostics->n_errors == 1 ? "error" : "errors");
    }
    print_signature(context, findings->signature);
}

static void print_json(const Context *context, const Findings *findings)
{
    gsize length;
    const char *text = g_bytes_get_data(findings->document, &length);
    g_autofree char *digest = policy_document_digest(text, length);
    g_autoptr(JsonObject) result = json_object_new();
    json_object_set_string_member(result, "File", document_name(findings->path));
    json_object_set_boolean_member(result, "Valid", is_valid(findings));
    if (is_valid(findings)) {
        const Policy *policy = findings->policy;
        json_object_set_string_member(result, "PolicyName", policy->name);
        json_object_set_int_member(result, "PolicySerial", (gint64)policy->serial);
        json_object_set_int_member(result, "Items", count_requested(policy));
    }
    json_object_set_string_member(result, "PolicyDigest", digest);
    json_object_set_boolean_member(result, "Sealed", findings->sealed);
    json_object_set_member(result, "Signature", signature_finding_to_json(findings->signature));
    json_object_set_member(result, "Diagnostics",
                           document_diagnostics_to_json(findings->diagnostics));
    json_print_object(result, context->json);
}

/* A bad seal is an error like any other of the document, but only worth telling where the group can
 * be read at all. */
static void check_seal(Findings *findings, const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    SealKey key;
    if (findings->policy && !seal_check(text, length, &findings->sealed, &key, &error)) {
        diagnostics_add(findings->diagnostics, NULL, 0, DIAGNOSTIC_ERROR, "Seal", "%s",
                        error->message);
    }
}

static void find(const Context *context, Findings *findings)
{
    char *const *options = context->options->values;
    const char *folder = options[VERB_OPTION_TRUSTED_KEYS];
    gsize length;
    const char *text = g_bytes_get_data(findings->document, &length);
    findings->diagnostics = diagnostics_new();
    findings->policy = policy_document_parse(text, length, findings->diagnostics);
    check_seal(findings, text, length);
    findings->signature =
        check_signature(findings->path, findings->document, options[VERB_OPTION_SIGNATURE],
                        folder ? folder : SECPOLD_SYSCONFDIR "/trusted-keys.d");
}

ExitCode verb_check(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_auto(Findings) findings = {.path = argument};
    findings.document = document_read(argument, &error);
    if (!findings.document) {
        return verb_failed(error);
    }
    find(context, &findings);
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, &findings);
    } else {
        print_text(context, &findings);
    }
    return is_valid(&findings) && !findings.signature->error ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
