/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/import-result.h"

#include "ctl/attention.h"
#include "ctl/document.h"
#include "ctl/item-list.h"
#include "ctl/item-text.h"
#include "ctl/pending-wait.h"
#include "ctl/policy-text.h"
#include "ctl/progress.h"

#include <stdio.h>

void import_result_print_warnings(const Context *context, const ChangePreview *preview)
{
    const Terminal *terminal = &context->terminal;
    for (guint i = 0; i < json_array_get_length(preview->warnings); i++) {
        g_autofree char *line = terminal_escape(json_string_at(preview->warnings, i));
        printf("%sWarning: %s%s\n", terminal_color_begin(terminal, COLOR_RED), line,
               terminal_color_end(terminal, COLOR_RED));
    }
}

static void print_text(const Context *context, const ImportResult *result, JsonObject *manager,
                       JsonArray *items)
{
    document_print_diagnostics(result->path, result->preview->diagnostics);
    import_result_print_warnings(context, result->preview);
    g_autofree char *raw = policy_in_force_to_text(manager);
    g_autofree char *line = terminal_escape(raw);
    g_autoptr(JsonObject) compliance = item_list_compliance(items);
    g_autofree char *counts = compliance_to_text(compliance);
    printf("%c%s\nRead back: %s\n", g_ascii_toupper(*line), line + 1, counts);
    attention_print(context, items);
    g_autofree char *deadline = policy_deadline_to_text(manager, context->host);
    if (deadline) {
        g_autofree char *safe = terminal_escape(deadline);
        printf("\nIt is taken back unless confirmed before %s\n", safe);
    }
}

static void print_json(const Context *context, const ImportResult *result, JsonObject *manager,
                       JsonArray *items)
{
    static const char *const members[] = {"Generation",      "PolicyName", "PolicySerial",
                                          "PolicyDigest",    "State",      "Problems",
                                          "ConfirmUntilUSec"};

    g_autoptr(JsonObject) object = change_preview_to_json(result->preview);
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        json_copy_member(object, manager, members[i]);
    }
    json_object_set_object_member(object, "Compliance", item_list_compliance(items));
    json_object_set_member(object, "Attention", attention_to_json(items));
    json_print_object(object, context->json);
}

/* "1 item is", "2 items are". Free with g_free(). */
static char *subject_of(gint64 count)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", count, count == 1 ? "item is" : "items are");
}

/* Whether all that was asked for holds; complains otherwise. */
static gboolean holds(const ImportResult *result, PendingWait waited, JsonArray *items)
{
    g_autoptr(JsonObject) compliance = item_list_compliance(items);
    g_autofree char *pending = subject_of(compliance_count(compliance, "pending"));
    g_autofree char *violated = subject_of(compliance_count(compliance, "violated"));
    if (waited == PENDING_WAIT_REPLACED) {
        complain("generation %" G_GUINT64_FORMAT " is no longer in force: it was not confirmed in "
                 "time, or another policy was imported",
                 result->generation);
    } else if (waited == PENDING_WAIT_TIMEOUT) {
        complain("after %u s %s still pending; the policy stays in force", result->timeout_seconds,
                 pending);
    } else if (compliance_count(compliance, "violated") > 0) {
        complain("%s violated; the policy stays in force", violated);
    } else {
        return TRUE;
    }
    return FALSE;
}

ExitCode import_result_report(const Context *context, const ImportResult *result)
{
    g_autoptr(GError) error = NULL;
    gboolean wait = context->options->flags[VERB_OPTION_WAIT];
    PendingWait waited = PENDING_WAIT_NONE;
    if (wait) {
        progress_say(context, "Waiting for agents to confirm, up to %u s", result->timeout_seconds);
        if (!pending_wait(result->client, result->generation, result->timeout_seconds, &waited,
                          &error)) {
            return verb_failed(error);
        }
    }
    g_autoptr(JsonObject) manager = manager_client_properties(result->client, &error);
    g_autoptr(JsonArray) items = manager ? manager_client_items(result->client, &error) : NULL;
    if (!items) {
        return verb_failed(error);
    }
    if (context->json != JSON_FORMAT_OFF) {
        print_json(context, result, manager, items);
    } else {
        print_text(context, result, manager, items);
    }
    return !wait || holds(result, waited, items) ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}
