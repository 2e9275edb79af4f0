/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/firewall.h"

#include "daemon/enforce/firewall/firewall-apply.h"
#include "daemon/enforce/firewall/firewall-dump.h"
#include "daemon/enforce/firewall/firewall-ruleset.h"
#include "daemon/enforce/firewall/local-port-range.h"
#include "daemon/enforce/firewall/nft-monitor.h"

#include <linux/netfilter/nf_tables.h>
#include <unistd.h>

#define EFFECTS (1u << KERNEL_EFFECT_CLOSE_PORTS | 1u << KERNEL_EFFECT_SNMP_V3_ONLY)

/* A listing of all items asks for each one's counters in turn. */
#define COUNTERS_KEPT_USEC (50 * G_TIME_SPAN_MILLISECOND)

/* The kernel's own default of net.ipv4.ip_local_port_range. */
static const PortRange standard_ephemeral = {32768, 60999};

typedef struct Counter {
    guint64 packets;
    guint64 bytes;
} Counter;

typedef struct Firewall {
    Enforcer enforcer;
    sd_event *event;
    int stored_fd;             /* not looked at yet, or -1 */
    FirewallKeep keep;         /* NULL once it was called */
    FirewallApply apply;       /* without a socket until there can be one */
    NftMonitor *monitor;       /* NULL until there can be one */
    Plan *plan;                /* the one that @in_force was read back under, or NULL */
    FirewallRuleset *in_force; /* the table as it was read back last, or NULL */
    Counter counters[CATALOG_N_ITEMS];
    gint64 counters_read; /* CLOCK_MONOTONIC microseconds, 0: never */
} Firewall;

static void forget(Firewall *firewall)
{
    g_clear_pointer(&firewall->in_force, firewall_ruleset_free);
    g_clear_pointer(&firewall->plan, plan_unref);
    firewall->counters_read = 0;
}

static void remember(Firewall *firewall, const Plan *plan, FirewallRuleset *in_force)
{
    forget(firewall);
    firewall->in_force = in_force;
    firewall->plan = plan_ref((Plan *)plan);
}

/* Findings and drifts */

static gboolean is_ours(const Plan *plan, guint item)
{
    return plan->items[item].active && (EFFECTS & 1u << catalog_items[item].effect) != 0;
}

/* NULL where the diff has nothing that concerns the item. */
static char *describe(const FirewallDiff *diff, const Plan *plan, guint item)
{
    const char *first = NULL;
    guint n_more = 0;
    for (guint i = 0; i < diff->differences->len; i++) {
        const FirewallDifference *difference =
            &g_array_index(diff->differences, FirewallDifference, i);
        if (!firewall_difference_concerns(difference, plan, item))
            continue;
        if (first)
            n_more++;
        else
            first = difference->text;
    }
    if (!first)
        return NULL;
    return n_more == 0 ? g_strdup(first) : g_strdup_printf("%s (and %u more)", first, n_more);
}

static void report_findings(const FirewallOutcome *outcome, const Plan *plan, FirewallLacks lacks,
                            EnforcerReport *report)
{
    for (guint item = 0; item < CATALOG_N_ITEMS; item++) {
        if (!is_ours(plan, item))
            continue;
        g_autofree char *wrong = describe(outcome->left, plan, item);
        if (wrong)
            enforcer_report_finding(report, item, VERDICT_VIOLATED, "%s", wrong);
        else if (lacks & FIREWALL_LACKS_FIB)
            enforcer_report_finding(report, item, VERDICT_PARTIAL,
                                    "a redirection set up on this device leads around it");
        else
            enforcer_report_finding(report, item, VERDICT_HOLDS, NULL);
    }
}

static void report_drifts(const Firewall *firewall, const FirewallDiff *drift,
                          const FirewallOutcome *outcome, const Plan *plan, gint64 noticed,
                          EnforcerReport *report)
{
    for (guint item = 0; item < CATALOG_N_ITEMS; item++) {
        if (!is_ours(firewall->plan, item) || !is_ours(plan, item))
            continue;
        g_autofree char *changed = describe(drift, firewall->plan, item);
        g_autofree char *wrong = describe(outcome->left, plan, item);
        if (changed)
            enforcer_report_drift(report, item, noticed, wrong == NULL, "%s", changed);
    }
}

static void report_rivals(const FirewallRuleset *have, EnforcerReport *report)
{
    for (guint i = 0; i < have->rivals->len; i++)
        enforcer_report_problem(report,
                                "chain %s has the very priority that makes secpold's chain the "
                                "first or last one, and may change packets behind its back; give "
                                "it another priority",
                                (const char *)g_ptr_array_index(have->rivals, i));
}

static void report_table_name(const Firewall *firewall, EnforcerReport *report)
{
    if (firewall->apply.table != firewall_table_names[0])
        enforcer_report_problem(report,
                                "another program owns the nftables table inet %s; ports are "
                                "closed by table inet %s instead",
                                firewall_table_names[0], firewall->apply.table);
}

static void report_lacks(FirewallLacks lacks, EnforcerReport *report)
{
    if (lacks & FIREWALL_LACKS_LOG)
        enforcer_report_problem(report,
                                "this kernel cannot log refused packets, so they are counted and "
                                "not listed; it needs CONFIG_NFT_LOG and CONFIG_NFT_LIMIT");
    if (lacks & FIREWALL_LACKS_FIB)
        enforcer_report_problem(report,
                                "this kernel cannot tell packets for this device before they are "
                                "redirected, so a redirection leads around a closed port; it needs "
                                "CONFIG_NFT_FIB_INET");
}

/* Reconciling */

static PortRange read_ephemeral(EnforcerReport *report)
{
    PortRange ephemeral = standard_ephemeral;
    g_autoptr(GError) error = NULL;
    if (!local_port_range_read(&ephemeral, &error))
        enforcer_report_problem(report, "%s; assuming %u to %u", error->message, ephemeral.first,
                                ephemeral.last);
    return ephemeral;
}

static gboolean open_socket(Firewall *firewall, GError **error)
{
    if (firewall->apply.nft_socket)
        return TRUE;
    const int stored_fd = firewall->stored_fd;
    firewall->stored_fd = -1;
    firewall->apply.nft_socket = nft_socket_new(stored_fd, error);
    if (!firewall->apply.nft_socket)
        return FALSE;
    if (nft_socket_fd(firewall->apply.nft_socket) == stored_fd)
        firewall->keep = NULL;
    return TRUE;
}

static void on_foreign_change(gpointer data)
{
    enforcer_notify(data);
}

static void open_monitor(Firewall *firewall, EnforcerReport *report)
{
    g_autoptr(GError) error = NULL;
    if (firewall->monitor)
        return;
    firewall->monitor = nft_monitor_new(firewall->event, firewall_table_names,
                                        nft_socket_port_id(firewall->apply.nft_socket),
                                        on_foreign_change, &firewall->enforcer, &error);
    if (!firewall->monitor)
        enforcer_report_problem(report, "%s; what others do to secpold's table is not noticed",
                                error->message);
}

static gboolean reconcile_table(Firewall *firewall, const Plan *plan, EnforcerReport *report,
                                GError **error)
{
    const gint64 first_sign = firewall->monitor ? nft_monitor_take_noticed(firewall->monitor) : 0;
    const gint64 noticed = first_sign != 0 ? first_sign : g_get_monotonic_time();
    const PortRange ephemeral = read_ephemeral(report);

    if (!firewall_apply_choose(&firewall->apply, error))
        return FALSE;
    g_autoptr(FirewallRuleset) have =
        firewall_dump(firewall->apply.nft_socket, firewall->apply.table, error);
    if (!have)
        return FALSE;

    g_autoptr(FirewallDiff) drift =
        firewall->in_force ? firewall_diff_new(have, firewall->in_force) : NULL;
    g_auto(FirewallOutcome) outcome = {0};
    if (!firewall_apply(&firewall->apply, plan, ephemeral, g_steal_pointer(&have), &outcome,
                        error) ||
        !firewall_apply_tidy(&firewall->apply, error)) {
        /* What is there now may be half of our own doing: not to be taken for somebody else's. */
        forget(firewall);
        return FALSE;
    }
    report_table_name(firewall, report);
    report_rivals(outcome.have, report);
    if (outcome.want->present)
        report_lacks(firewall->apply.lacks, report);
    report_findings(&outcome, plan, firewall->apply.lacks, report);
    if (drift)
        report_drifts(firewall, drift, &outcome, plan, noticed, report);
    g_clear_pointer(&outcome.left, firewall_diff_free);
    remember(firewall, plan, g_steal_pointer(&outcome.have));
    return TRUE;
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    Firewall *firewall = (Firewall *)enforcer;

    if (!open_socket(firewall, error))
        return FALSE;
    open_monitor(firewall, report);
    const gboolean done = reconcile_table(firewall, plan, report, error);
    if (firewall->keep)
        firewall->keep(nft_socket_fd(firewall->apply.nft_socket));
    firewall->keep = NULL;
    return done;
}

/* Counters */

static gboolean read_counters(Firewall *firewall, GError **error)
{
    const gint64 now = g_get_monotonic_time();
    if (!firewall->apply.nft_socket)
        return TRUE;
    if (firewall->counters_read != 0 && now - firewall->counters_read < COUNTERS_KEPT_USEC)
        return TRUE;

    g_autoptr(FirewallRuleset) table =
        firewall_dump_counters(firewall->apply.nft_socket, firewall->apply.table, error);
    if (!table)
        return FALSE;
    for (guint item = 0; item < CATALOG_N_ITEMS; item++) {
        g_autofree char *name = firewall_item_chain(item);
        const FirewallObject *counter =
            firewall_ruleset_find_object(table, name, NFT_OBJECT_COUNTER);
        firewall->counters[item] =
            counter ? (Counter){counter->packets, counter->bytes} : (Counter){0};
    }
    firewall->counters_read = now;
    return TRUE;
}

gboolean firewall_counters(Enforcer *enforcer, guint item, guint64 *ret_packets, guint64 *ret_bytes,
                           GError **error)
{
    Firewall *firewall = (Firewall *)enforcer;
    if (!read_counters(firewall, error))
        return FALSE;
    *ret_packets = firewall->counters[item].packets;
    *ret_bytes = firewall->counters[item].bytes;
    return TRUE;
}

/* Life */

static void firewall_free(Enforcer *enforcer)
{
    Firewall *firewall = (Firewall *)enforcer;
    forget(firewall);
    nft_monitor_free(firewall->monitor);
    nft_socket_free(firewall->apply.nft_socket);
    sd_event_unref(firewall->event);
    if (firewall->stored_fd >= 0)
        close(firewall->stored_fd);
    g_free(firewall);
}

static const EnforcerClass firewall_class = {
    .name = "firewall",
    .effects = EFFECTS,
    .reconcile = reconcile,
    .free = firewall_free,
};

Enforcer *firewall_new(sd_event *event, int stored_fd, FirewallKeep keep)
{
    Firewall *firewall = g_new0(Firewall, 1);

    firewall->enforcer.class = &firewall_class;
    firewall->event = sd_event_ref(event);
    firewall->stored_fd = stored_fd;
    firewall->keep = keep;
    firewall->apply.table = firewall_table_names[0];
    return &firewall->enforcer;
}
