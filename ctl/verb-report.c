/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl report: how the device stands, for the record. */
#include "ctl/compliance.h"
#include "ctl/file-output.h"
#include "ctl/manager-client.h"
#include "ctl/report.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

/* In the order of the words of --format. */
typedef enum ReportFormat {
    REPORT_FORMAT_TEXT,
    REPORT_FORMAT_JSON,
    REPORT_FORMAT_HTML,
} ReportFormat;

static void report_clear(Report *report)
{
    g_clear_pointer(&report->manager, json_object_unref);
    g_clear_pointer(&report->items, json_array_unref);
    g_clear_pointer(&report->settings, json_array_unref);
    g_clear_pointer(&report->reason, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Report, report_clear)

static gboolean report_read(Report *report, const char *host, GError **error)
{
    g_autoptr(ManagerClient) client = manager_client_open(host, error);
    report->manager = client ? manager_client_properties(client, error) : NULL;
    report->items = report->manager ? manager_client_items(client, error) : NULL;
    report->settings = report->items ? manager_client_settings(client, error) : NULL;
    if (!report->settings) {
        return FALSE;
    }
    report->usec = g_get_real_time();
    report->host = host ? host : g_get_host_name();
    report->reason = compliance_reason_of_manager(report->manager);
    return TRUE;
}

static char *to_json_text(const Context *context, const Report *report)
{
    g_autoptr(JsonObject) object = report_to_json(report);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_text(node, context->json != JSON_FORMAT_SHORT);
}

static char *compose(const Context *context, const Report *report, ReportFormat format,
                     gboolean to_file)
{
    const Terminal plain = {.utf8 = TRUE};
    switch (format) {
    case REPORT_FORMAT_TEXT:
        return report_to_text(report, to_file ? &plain : &context->terminal, context->legend);
    case REPORT_FORMAT_JSON:
        return to_json_text(context, report);
    case REPORT_FORMAT_HTML:
        return report_to_html(report);
    }
    g_assert_not_reached();
}

/* FALSE after a complaint where the options contradict each other. */
static gboolean fits(const Context *context, ReportFormat format)
{
    if (context->json != JSON_FORMAT_OFF && format != REPORT_FORMAT_JSON) {
        complain("--json is for --format=json; leave out one of --json and --format");
        return FALSE;
    }
    if (!context->legend && format == REPORT_FORMAT_HTML) {
        complain("--no-legend is not for --format=html, whose headings are part of the page");
        return FALSE;
    }
    return TRUE;
}

ExitCode verb_report(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_auto(Report) report = {};
    guint format;
    guint standard =
        context->json == JSON_FORMAT_OFF ? REPORT_FORMAT_TEXT : (guint)REPORT_FORMAT_JSON;
    if (!verb_options_get_word(context->options, VERB_OPTION_FORMAT, standard, &format, &error)) {
        return verb_misused(error);
    }
    if (!fits(context, (ReportFormat)format)) {
        return EXIT_CODE_USAGE;
    }
    if (!report_read(&report, context->host, &error)) {
        return verb_failed(error);
    }
    const char *output = context->options->values[VERB_OPTION_OUTPUT];
    gboolean to_file = output && strcmp(output, "-") != 0;
    g_autofree char *text = compose(context, &report, (ReportFormat)format, to_file);
    if (!file_output(to_file ? output : "-", text, strlen(text), &error)) {
        return verb_failed(error);
    }
    return EXIT_CODE_OK;
}
