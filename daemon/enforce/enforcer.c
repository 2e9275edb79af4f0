/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/enforcer.h"

#include "daemon/policy/text.h"

static void finding_clear(Finding *finding)
{
    g_free(finding->detail);
}

static void drift_clear(Drift *drift)
{
    g_free(drift->detail);
}

EnforcerReport *enforcer_report_new(void)
{
    EnforcerReport *report = g_new0(EnforcerReport, 1);

    report->findings = g_array_new(FALSE, TRUE, sizeof(Finding));
    g_array_set_clear_func(report->findings, (GDestroyNotify)finding_clear);
    report->drifts = g_array_new(FALSE, TRUE, sizeof(Drift));
    g_array_set_clear_func(report->drifts, (GDestroyNotify)drift_clear);
    report->problems = g_ptr_array_new_with_free_func(g_free);
    return report;
}

void enforcer_report_free(EnforcerReport *report)
{
    if (!report)
        return;
    g_array_unref(report->findings);
    g_array_unref(report->drifts);
    g_ptr_array_unref(report->problems);
    g_free(report);
}

static char *format_detail(const char *format, va_list arguments) G_GNUC_PRINTF(1, 0);

static char *format_detail(const char *format, va_list arguments)
{
    if (!format)
        return NULL;
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    return text_sanitize(text, ENFORCER_DETAIL_MAX_BYTES);
}

void enforcer_report_finding(EnforcerReport *report, guint item, Verdict verdict,
                             const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    const Finding finding = {item, verdict, format_detail(detail, arguments)};
    va_end(arguments);
    g_array_append_val(report->findings, finding);
}

void enforcer_report_drift(EnforcerReport *report, guint item, gint64 noticed, gboolean repaired,
                           const char *detail, ...)
{
    va_list arguments;
    va_start(arguments, detail);
    const Drift drift = {item, format_detail(detail, arguments), noticed, repaired};
    va_end(arguments);
    g_array_append_val(report->drifts, drift);
}

void enforcer_report_problem(EnforcerReport *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(report->problems, format_detail(format, arguments));
    va_end(arguments);
}

void enforcer_free(Enforcer *enforcer)
{
    if (enforcer)
        enforcer->class->free(enforcer);
}

void enforcer_notify(Enforcer *enforcer)
{
    if (enforcer->notify)
        enforcer->notify(enforcer, enforcer->notify_data);
}
