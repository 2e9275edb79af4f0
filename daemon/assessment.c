/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/assessment.h"

typedef struct Evidence {
    GPtrArray *findings;          /* element type const Finding; borrowed */
    GArray *failures;             /* element type Finding: stand in for workers that failed */
    const char *violating_effect; /* of the first finding that says so */
    guint64 verified;
} Evidence;

static guint setting_index(const ForcedSetting *forced)
{
    return (guint)catalog_setting_index(catalog_find_setting(forced->setting));
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

/* Says which agent or value a pending or violated item waits for. */
static void add_obstacles(const Settings *settings, const CatalogItem *item, ItemStatus *status)
{
    g_autoptr(GString) detail = g_string_new(status->detail);

    for (gsize i = 0; i < item->n_settings; i++) {
        g_autofree char *obstacle =
            item->settings[i].must_confirm
                ? settings_obstacle(settings, setting_index(&item->settings[i]))
                : NULL;
        if (obstacle)
            g_string_append_printf(detail, "%s%s", detail->len > 0 ? "; " : "", obstacle);
    }
    g_free(status->detail);
    status->detail = g_string_free(g_steal_pointer(&detail), FALSE);
}

void assessment_make(const GPtrArray *workers, const Settings *settings, const Plan *plan,
                     guint item, Assessment *ret_assessment)
{
    const CatalogItem *row = &catalog_items[item];
    g_autoptr(GPtrArray) findings = g_ptr_array_new();
    g_autoptr(GArray) failures = g_array_new(FALSE, FALSE, sizeof(Finding));
    Evidence evidence = {.findings = findings, .failures = failures};
    SettingState states[CATALOG_N_SETTINGS];

    for (guint i = 0; i < workers->len; i++)
        add_worker(&evidence, g_ptr_array_index(workers, i), item);
    for (guint i = 0; i < failures->len; i++)
        g_ptr_array_add(findings, &g_array_index(failures, Finding, i));
    for (gsize i = 0; i < row->n_settings; i++) {
        states[i] = settings_state(settings, setting_index(&row->settings[i]));
        add_report_times(&evidence, settings, setting_index(&row->settings[i]));
    }

    const ItemEvidence facts = {
        .kernel = (const Finding *const *)findings->pdata,
        .n_kernel = findings->len,
        .settings = states,
    };
    item_status_compute(row, &plan->items[item], &facts, &ret_assessment->status);
    if (plan->items[item].active)
        add_obstacles(settings, row, &ret_assessment->status);
    ret_assessment->verified =
        ret_assessment->status.verified_by == VERIFIED_BY_NONE ? 0 : evidence.verified;
    ret_assessment->effect = evidence.violating_effect ? evidence.violating_effect : "settings";
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
