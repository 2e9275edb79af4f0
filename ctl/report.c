/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/report.h"

#include "ctl/item-text.h"
#include "ctl/policy-text.h"

#include <string.h>

JsonObject *report_to_json(const Report *report)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(report->usec / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format_iso8601(moment);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "Time", time);
    json_object_set_string_member(object, "Host", report->host);
    json_object_set_boolean_member(object, "Compliant", !report->reason);
    json_object_set_string_member(object, "Reason", report->reason ? report->reason : "");
    json_object_set_object_member(object, "Manager", json_object_ref(report->manager));
    json_object_set_array_member(object, "Items", json_array_ref(report->items));
    json_object_set_array_member(object, "Settings", json_array_ref(report->settings));
    return object;
}

char *report_evidence(JsonObject *item)
{
    const char *by = json_get_string(item, "VerifiedBy");
    gint64 usec = json_get_integer(item, "VerifiedUSec");
    if (*by == '\0' || usec == 0) {
        return g_strdup("");
    }
    g_autofree char *moment = moment_to_text(usec);
    return g_strdup_printf("%s, since %s", strcmp(by, "both") == 0 ? "kernel and agent" : by,
                           moment);
}

char *report_answers(JsonObject *setting)
{
    const char *name = json_get_string(setting, "Name");
    JsonArray *reports = json_get_array(setting, "Reports");
    GString *text = g_string_new(NULL);
    for (guint i = 0; reports && i < json_array_get_length(reports); i++) {
        JsonObject *report = json_object_at(reports, i);
        if (!report) {
            continue;
        }
        const char *unit = json_get_string(report, "Unit");
        const char *reason = json_get_string(report, "Reason");
        g_autofree char *value = item_value_to_text(name, json_object_get_member(report, "Value"));
        g_string_append_printf(text, "%s%s: %s", text->len ? "; " : "",
                               *unit ? unit : json_get_string(report, "Agent"), value);
        if (*reason) {
            g_string_append_printf(text, " (%s)", reason);
        }
    }
    if (text->len == 0) {
        g_string_append(text, "no report");
    }
    return g_string_free(text, FALSE);
}

static char *policy_line(JsonObject *manager)
{
    if (*json_get_string(manager, "PolicyOrigin") == '\0') {
        return g_strdup("none; nothing is enforced");
    }
    return g_strdup_printf(
        "%s, serial %" G_GINT64_FORMAT ", %s", json_get_string(manager, "PolicyName"),
        json_get_integer(manager, "PolicySerial"), json_get_string(manager, "PolicyOrigin"));
}

static char *signer_line(JsonObject *manager)
{
    const char *signer = json_get_string(manager, "PolicySigner");
    return g_strdup(*signer ? signer : "no");
}

static char *import_line(JsonObject *manager)
{
    gint64 usec = json_get_integer(manager, "PolicyImportedUSec");
    return usec > 0 ? moment_to_text(usec) : g_strdup("no");
}

static char *join(JsonArray *sentences)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; sentences && i < json_array_get_length(sentences); i++) {
        g_string_append_printf(text, "%s%s", text->len ? "; " : "", json_string_at(sentences, i));
    }
    if (text->len == 0) {
        g_string_append(text, "none");
    }
    return g_string_free(text, FALSE);
}

void report_head_fill(const Report *report, ReportHead *ret_head)
{
    JsonObject *manager = report->manager;
    g_autofree char *counts = compliance_to_text(json_get_object(manager, "Compliance"));
    *ret_head = (ReportHead){
        .names = {"Device", "Time", "Compliant", "Policy", "Digest", "Signed", "Imported", "Items",
                  "Problems"},
        .values = {g_strdup(report->host), moment_to_text(report->usec),
                   report->reason ? g_strconcat("no: ", report->reason, NULL) : g_strdup("yes"),
                   policy_line(manager), g_strdup(json_get_string(manager, "PolicyDigest")),
                   signer_line(manager), import_line(manager), g_steal_pointer(&counts),
                   join(json_get_array(manager, "Problems"))},
    };
}

void report_head_clear(ReportHead *head)
{
    for (gsize i = 0; i < REPORT_HEAD_LINES; i++) {
        g_clear_pointer(&head->values[i], g_free);
    }
}
