/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/agent-private.h"
#include "agent/check-run.h"

/* What is known of all settings while one pass looks. */
typedef struct Findings {
    SettingsInForce asked;   /* what is locked, and, of what has just been freed, what it was */
    const BindingEdit *only; /* looked at for what this one waits for; NULL: for all */
    Verdict verdicts[CATALOG_N_SETTINGS];
    GHashTable *unhappy; /* set of bindings that do not comply, and could */
} Findings;

static void findings_init(Findings *findings, const Pass *pass)
{
    *findings = (Findings){0};
    findings->unhappy = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++) {
        GVariant *value = pass->settings->values[i];
        if (!value)
            value = pass->agent->previous.values[i];
        findings->asked.values[i] = value ? g_variant_ref(value) : NULL;
    }
}

static void findings_clear(Findings *findings)
{
    settings_in_force_clear(&findings->asked);
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        verdict_clear(&findings->verdicts[i]);
    g_hash_table_unref(findings->unhappy);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Findings, findings_clear)

static gboolean is_asked_for(const Findings *findings, guint setting)
{
    return findings->asked.values[setting] &&
           (!findings->only || binding_edit_waits_for(findings->only, setting));
}

static const char *find_problem(const Pass *pass, const Binding *binding, guint setting)
{
    for (guint i = 0; i < pass->problems->len; i++) {
        const Problem *problem = g_ptr_array_index(pass->problems, i);
        if (problem->binding == binding && binding_edit_waits_for(problem->edit, setting))
            return problem->message;
    }
    return NULL;
}

/* The worst counts; reasons of several services stand side by side. */
static void add_verdict(Verdict *worst, Verdict verdict)
{
    if (!worst->value || (worst->good && !verdict.good)) {
        verdict_clear(worst);
        *worst = verdict;
        return;
    }
    if (worst->good == verdict.good && *verdict.reason && !strstr(worst->reason, verdict.reason)) {
        char *both = *worst->reason ? g_strdup_printf("%s; %s", worst->reason, verdict.reason)
                                    : g_strdup(verdict.reason);
        g_free(worst->reason);
        worst->reason = both;
    }
    verdict_clear(&verdict);
}

/* What somebody else has done is told beside what was found. */
static void add_tampering(const Pass *pass, const Findings *findings, const Binding *binding,
                          guint setting, Verdict *verdict)
{
    g_autofree char *tale =
        tampering_tell(pass->agent->tampering, binding, setting, !findings->only && verdict->good);
    if (!tale)
        return;
    char *reason = *verdict->reason ? g_strdup_printf("%s; %s", verdict->reason, tale)
                                    : verdict_reason(binding, tale);
    g_free(verdict->reason);
    verdict->reason = reason;
}

static void judge_setting(const Pass *pass, Findings *findings, const VerdictQuestion *question,
                          const CheckFinding *finding)
{
    Verdict verdict = check_finding_judge(finding, question);
    const char *problem = find_problem(pass, question->binding, question->setting);
    if (!verdict.good && !verdict.final && pass->settings->values[question->setting])
        g_hash_table_add(findings->unhappy, (gpointer)question->binding);
    if (!verdict.good && problem) {
        g_free(verdict.reason);
        verdict.reason = verdict_reason(question->binding, problem);
    }
    add_tampering(pass, findings, question->binding, question->setting, &verdict);
    add_verdict(&findings->verdicts[question->setting], verdict);
}

static void judge(const Pass *pass, Findings *findings, const Binding *binding,
                  const BindingCheck *check, const CheckFinding *finding)
{
    for (guint i = 0; i < check->settings->len; i++) {
        const guint setting = g_array_index(check->settings, guint, i);
        const VerdictQuestion question = {binding, check, setting, findings->asked.values};
        if (is_asked_for(findings, setting))
            judge_setting(pass, findings, &question, finding);
    }
}

static gboolean is_asked(const Findings *findings, const BindingCheck *check)
{
    for (guint i = 0; i < check->settings->len; i++)
        if (is_asked_for(findings, g_array_index(check->settings, guint, i)))
            return TRUE;
    return FALSE;
}

static void look_at(const Pass *pass, Findings *findings, const Binding *binding)
{
    for (guint i = 0; i < binding->checks->len; i++) {
        const BindingCheck *check = g_ptr_array_index(binding->checks, i);
        if (!is_asked(findings, check) ||
            !conditions_hold((const char *const *)check->conditions, pass->agent->control))
            continue;
        g_auto(CheckFinding) finding =
            check_run(binding, check, findings->asked.values, pass->agent->control);
        judge(pass, findings, binding, check, &finding);
    }
}

static void look_at_all(const Pass *pass, Findings *findings)
{
    for (guint i = 0; i < pass->active->len; i++)
        look_at(pass, findings, g_ptr_array_index(pass->active, i));
}

static void send_reports(const Pass *pass, const Findings *findings, gboolean all)
{
    SettingsReport reports[CATALOG_N_SETTINGS];
    gsize n_reports = 0;
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        if (findings->verdicts[i].value)
            reports[n_reports++] =
                (SettingsReport){i, findings->verdicts[i].value, findings->verdicts[i].reason};
    pass->report(reports, n_reports, all, pass->data);
}

void pass_check_edit(Pass *pass, const Binding *binding, const BindingEdit *edit)
{
    g_auto(Findings) findings;
    findings_init(&findings, pass);
    findings.only = edit;
    look_at(pass, &findings, binding);
    send_reports(pass, &findings, FALSE);
}

static gboolean has_means(const Binding *binding)
{
    if (binding->reload || binding->restart || binding->run)
        return TRUE;
    for (guint i = 0; i < binding->edits->len; i++)
        if (((BindingEdit *)g_ptr_array_index(binding->edits, i))->apply)
            return TRUE;
    return FALSE;
}

static gboolean has_problem(const Pass *pass, const Binding *binding)
{
    for (guint i = 0; i < pass->problems->len; i++)
        if (((Problem *)g_ptr_array_index(pass->problems, i))->binding == binding)
            return TRUE;
    return FALSE;
}

/* Everything is as it should be and the service does not know: it was started with other options,
 * say. One that will be told anyway, or has just been, needs no reminder. */
static gboolean needs_reminder(const Pass *pass, const Binding *binding)
{
    return !g_hash_table_contains(pass->told, binding->name) &&
           !g_hash_table_contains(pass->agent->untold, binding->name) && has_means(binding) &&
           !has_problem(pass, binding) &&
           damper_repair(pass->agent->damper, binding->name, g_get_monotonic_time());
}

/* Whether any was told now, and not only will be. */
static gboolean remind_services(Pass *pass, const Findings *findings)
{
    GHashTableIter iterator;
    gpointer key;
    const guint told = g_hash_table_size(pass->told);

    g_hash_table_iter_init(&iterator, findings->unhappy);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        const Binding *binding = key;
        if (!needs_reminder(pass, binding))
            continue;
        pass_repeat_commands(pass, binding);
        g_hash_table_add(pass->agent->untold, g_strdup(binding->name));
    }
    pass_tell_services(pass);
    return g_hash_table_size(pass->told) > told;
}

void pass_check(Pass *pass)
{
    g_auto(Findings) findings;
    findings_init(&findings, pass);
    look_at_all(pass, &findings);
    if (g_hash_table_size(findings.unhappy) && remind_services(pass, &findings)) {
        send_reports(pass, &findings, FALSE);
        findings_clear(&findings);
        findings_init(&findings, pass);
        look_at_all(pass, &findings);
    }
    pass->agent->settled = g_hash_table_size(findings.unhappy) == 0;
    send_reports(pass, &findings, TRUE);
}
