/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-report.h"

#include "daemon/enforce/wireless/wireless-decision.h"
#include "daemon/enforce/wireless/wireless-text.h"

static WirelessUse report_findings(const WirelessOutcome *outcome, EnforcerReport *report)
{
    WirelessUse holding = WIRELESS_USE_NONE;

    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        const WirelessUse use = wireless_rules_use_of_item(i) & outcome->rules->prohibited;
        g_auto(WirelessFinding) finding = {0};

        if (use == WIRELESS_USE_NONE)
            continue;
        wireless_finding_make(outcome->system, outcome->rules, use, &finding);
        const gboolean fought = (use & outcome->fought) != 0;
        const Verdict verdict = fought ? VERDICT_VIOLATED : finding.verdict;
        enforcer_report_finding(report, i, verdict, "%s%s", finding.detail,
                                fought ? "; somebody takes it into use without a pause" : "");
        if (verdict_is_settled(verdict))
            holding |= use;
    }
    return holding;
}

static void report_drift(const WirelessOutcome *outcome, const WirelessAction *action,
                         WirelessUse holding, EnforcerReport *report)
{
    const WirelessUse uses = action->uses & outcome->held;

    for (guint i = 0; i < CATALOG_N_ITEMS; i++) {
        const WirelessUse use = wireless_rules_use_of_item(i);
        if ((use & uses) != 0)
            enforcer_report_drift(report, i, outcome->noticed, (use & holding) != 0, "%s",
                                  action->found);
    }
}

WirelessUse wireless_report(const WirelessOutcome *outcome, EnforcerReport *report)
{
    const WirelessUse holding = report_findings(outcome, report);

    for (guint i = 0; i < outcome->stopped->len; i++)
        report_drift(outcome, &g_array_index(outcome->stopped, WirelessAction, i), holding, report);
    return holding;
}
