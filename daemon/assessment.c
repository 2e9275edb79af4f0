/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/assessment.h"

typedef struct Evidence {
    GPtrArray *findings;          /* element type const Finding; borrowed */
    GArray *failures;             /* element type Finding: stand in for workers that failed */
    GArray *settings;             /* element type SettingEvidence */
    const char *violating_effect; /* of the first finding that says so */
    gboolean contradicted;        /* an agent has reported another value than is demanded */
    guint64 verified;
} Evidence;

static guint setting_index(const ForcedSetting *forced)
{
    return (guint)catalog_setting_index(catalog_find_setting(forced->setting));
}

/* What to blame where no enforcer has found anything: the one that is missing, or the agents. */
static const char *default_effect(KernelEffect effect)
{
    static const char *const names[] = {
        [KERNEL_EFFECT_NONE] = "settings",
        [KERNEL_EFFECT_CLOSE_PORTS] = "firewall",
        [KERNEL_EFFECT_SNMP_V3_ONLY] = "firewall",
        [KERNEL_EFFECT_NO_DIRECT_CONNECTION] = "wireless",
        [KERNEL_EFFECT_NO_WIRELESS_LAN] = "wireless",
        [KERNEL_EFFECT_NO_USB_DEVICE] = "usb-device",
        [KERNEL_EFFECT_NO_USB_STORAGE] = "usb-storage",
    };
    return names[effect];
}

static void note_violation(Evidence *evidence, const Finding *finding, const Worker *worker)
{
    if (finding->verdict == VERDICT_VIOLATED && !evidence->violating_effect)
        evidence->violating_effect = worker_name(worker);
}

static void add_worker(Evidence *evidence, const Worker *worker, guint item)
{
    if (worker->failure && worker_covers(worker, item)) {
        const Finding failed = {item, VERDICT_VIOLATED, worker->failure};
        g_array_append_val(evidence->failures, failed);
        note_violation(evidence, &failed, worker);
        return;
    }
    for (guint i = 0; i < worker->report->findings->len; i++) {
        Finding *finding = &g_array_index(worker->report->findings, Finding, i);
        if (finding->item != item)
            continue;
        g_ptr_array_add(evidence->findings, finding);
        evidence->verified = MAX(evidence->verified, worker->verified);
        note_violation(evidence, finding, worker);
    }
}

static void add_report_times(Evidence *evidence, const Settings *settings, guint setting)
{
    const GPtrArray *reports = settings_reports(settings, setting);

    for (guint i = 0; i < reports->len; i++) {
        const SettingReport *report = g_ptr_array_index(reports, i);
        if (!report->stale)
            evidence->verified = MAX(evidence->verified, report->received);
    }
}

static void add_setting(Evidence *evidence, const Settings *settings, guint setting)
{
    const SettingEvidence found = {
        .state = settings_state(settings, setting),
        .obstacle = settings_obstacle(settings, setting),
    };

    evidence->contradicted = evidence->contradicted || found.state == SETTING_CONTRADICTED;
    g_array_append_val(evidence->settings, found);
    add_report_times(evidence, settings, setting);
}

static void setting_evidence_clear(SettingEvidence *evidence)
{
    g_free((char *)evidence->obstacle);
}

void assessment_make(const GPtrArray *workers, const Settings *settings, const Plan *plan,
                     guint item, Assessment *ret_assessment)
{
    const CatalogItem *row = &catalog_items[item];
    g_autoptr(GPtrArray) findings = g_ptr_array_new();
    g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(Finding));
    g_autoptr(GArray) states = g_array_new(FALSE, FALSE, sizeof(SettingEvidence));
    Evidence evidence = {.findings = findings, .failures = failures, .settings = states};

    g_array_set_clear_func(states, (GDestroyNotify)setting_evidence_clear);
    for (guint i = 0; i < workers->len; i++)
        add_worker(&evidence, g_ptr_array_index(workers, i), item);
    for (guint i = 0; i < failures->len; i++)
        g_ptr_array_add(findings, &g_array_index(failures, Finding, i));
    for (gsize i = 0; i < row->n_settings; i++)
        add_setting(&evidence, settings, setting_index(&row->settings[i]));

    const ItemEvidence facts = {
        .kernel = (const Finding *const *)findings->pdata,
        .n_kernel = findings->len,
        .settings = (const SettingEvidence *)states->data,
    };
    item_status_compute(row, &plan->items[item], &facts, &ret_assessment->status);
    ret_assessment->verified =
        ret_assessment->status.verified_by == VERIFIED_BY_NONE ? 0 : evidence.verified;
    if (evidence.violating_effect)
        ret_assessment->effect = evidence.violating_effect;
    else
        ret_assessment->effect = evidence.contradicted ? "settings" : default_effect(row->effect);
}

void assessment_clear(Assessment *assessment)
{
    item_status_clear(&assessment->status);
}

gboolean assessment_equal(const Assessment *a, const Assessment *b)
{
    return a->status.state == b->status.state && a->status.verified_by == b->status.verified_by &&
           g_strcmp0(a->status.detail, b->status.detail) == 0;
}
