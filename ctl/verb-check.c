/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl check FILE: whether a policy document would be accepted; asks nobody. */
#include "ctl/document.h"
#include "ctl/verb.h"

#include "daemon/policy/policy-document.h"

#include <stdio.h>

static guint count_requested(const Policy *policy)
{
    guint count = 0;
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        count += policy->items[i].requested ? 1 : 0;
    }
    return count;
}

static void print_text(const Context *context, const char *path, const Policy *policy,
                       const Diagnostics *diagnostics)
{
    document_print_diagnostics(path, diagnostics);
    if (!context->legend) {
        return;
    }
    g_autofree char *name = terminal_escape(document_name(path));
    if (policy) {
        printf("%s: valid: %s, serial %" G_GUINT64_FORMAT ", %u of %d items\n", name, policy->name,
               policy->serial, count_requested(policy), CATALOG_N_ITEMS);
    } else {
        printf("%s: not valid: %u %s\n", name, diagnostics->n_errors,
               diagnostics->n_errors == 1 ? "error" : "errors");
    }
}

static void print_json(const Context *context, const char *path, const Policy *policy,
                       const char *digest, const Diagnostics *diagnostics)
{
    g_autoptr(JsonObject) result = json_object_new();
    json_object_set_string_member(result, "File", document_name(path));
    json_object_set_boolean_member(result, "Valid", policy != NULL);
    if (policy) {
        json_object_set_string_member(result, "PolicyName", policy->name);
        json_object_set_int_member(result, "PolicySerial", (gint64)policy->serial);
        json_object_set_int_member(result, "Items", count_requested(policy));
    }
    json_object_set_string_member(result, "PolicyDigest", digest);
    json_object_set_member(result, "Diagnostics", document_diagnostics_to_json(diagnostics));
    json_print_object(result, context->json);
}

ExitCode verb_check(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) document = document_read(argument, &error);
    if (!document) {
        return verb_failed(error);
    }
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    if (context->json != JSON_FORMAT_OFF) {
        g_autofree char *digest = policy_document_digest(text, length);
        print_json(context, argument, policy, digest, diagnostics);
    } else {
        print_text(context, argument, policy, diagnostics);
    }
    return policy ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
