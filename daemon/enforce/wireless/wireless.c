/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless.h"

#include <errno.h>

#include "daemon/enforce/network-namespace.h"
#include "daemon/enforce/wireless/wireless-apply.h"
#include "daemon/enforce/wireless/wireless-carried.h"
#include "daemon/enforce/wireless/wireless-channels.h"
#include "daemon/enforce/wireless/wireless-decision.h"
#include "daemon/enforce/wireless/wireless-fight.h"
#include "daemon/enforce/wireless/wireless-report.h"
#include "daemon/enforce/wireless/wireless-scan.h"
#include "daemon/enforce/wireless/wireless-stopped.h"

#define EFFECTS ((1U << KERNEL_EFFECT_NO_DIRECT_CONNECTION) | (1U << KERNEL_EFFECT_NO_WIRELESS_LAN))

/* Who takes a radio into use again while it is being stopped, so often that a pass has to end with
 * it in use, is stopped by the next one. It comes this much later, since other work has to get its
 * turn; and without waiting for a change, since all those so far have been taken note of. What the
 * kernel refuses is left to the worker's slower retries. */
#define MAX_ROUNDS 4
#define AGAIN_USEC (50 * G_TIME_SPAN_MILLISECOND)

/* What cannot be taken back is tried again in so many passes, with the worker's growing pauses. */
#define RESTORE_ATTEMPTS 6u

typedef struct Wireless {
    Enforcer base;
    sd_event *event;
    UeventMonitor *uevents;
    sd_event_source *again;
    RunRecord *record;
    WirelessStore store;       /* what is carried over reboots */
    WirelessChannels channels; /* closed while there is nothing to do */
    Plan *plan;                /* of the last pass */
    WirelessUse held;          /* what was kept up by the end of it */
    WirelessFight fight;
    guint restore_attempts; /* in passes on end that could not take something back */
} Wireless;

/* What one pass finds and does. */
typedef struct Pass {
    Wireless *wireless;
    WirelessRules rules;
    gint64 noticed;
    WirelessSystem *system; /* as last read */
    GArray *stopped;        /* see wireless-stopped.h */
    GPtrArray *problems;    /* element type char */
    gboolean unfinished;    /* the next pass is to come soon */
    gboolean late;          /* the store has only now come */
    gboolean refused;       /* something could not be taken back */
} Pass;

static void pass_clear(Pass *pass)
{
    wireless_system_free(pass->system);
    g_array_unref(pass->stopped);
    g_ptr_array_unref(pass->problems);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

static gboolean open_nl80211(Nl80211 **ret, GError **error)
{
    g_autoptr(GError) refusal = NULL;

    *ret = nl80211_new(&refusal);
    if (*ret || g_error_matches(refusal, NL_REQUEST_ERROR, ENOENT))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

static void take_noticed(Pass *pass)
{
    const gint64 noticed = wireless_monitor_take_noticed(pass->wireless->channels.monitor);

    if (pass->noticed == 0)
        pass->noticed = noticed;
}

static gboolean look(Pass *pass, const WirelessTools *tools, GError **error)
{
    Wireless *wireless = pass->wireless;

    take_noticed(pass);
    WirelessSystem *now = wireless_scan(tools->nl80211, tools->links, tools->rfkill, error);
    if (!now)
        return FALSE;
    wireless_system_free(pass->system);
    pass->system = now;
    now->obstacle = g_strdup(wireless->channels.obstacle);
    wireless_monitor_follow_links(wireless->channels.monitor, now->interfaces);
    return TRUE;
}

static int on_again(sd_event_source *source, uint64_t usec, void *data)
{
    enforcer_notify(data);
    return 0;
}

static gboolean look_again(Wireless *wireless, guint64 usec, GError **error)
{
    int r;

    if (!wireless->again) {
        r = sd_event_add_time_relative(wireless->event, &wireless->again, CLOCK_MONOTONIC, usec, 1,
                                       on_again, wireless);
    } else {
        r = sd_event_source_set_time_relative(wireless->again, usec);
        if (r >= 0)
            r = sd_event_source_set_enabled(wireless->again, SD_EVENT_ONESHOT);
    }
    if (r < 0)
        g_set_error(error, NL_REQUEST_ERROR, -r, "Cannot look again at radios: %s", g_strerror(-r));
    return r >= 0;
}

/* Looks and acts until there is nothing left to do, so the last look is the reading back. */
static gboolean run_rounds(Pass *pass, GError **error)
{
    Wireless *wireless = pass->wireless;
    g_autoptr(Nl80211) nl80211 = NULL;

    wireless_monitor_follow_family(wireless->channels.monitor);
    if (!open_nl80211(&nl80211, error))
        return FALSE;
    const WirelessTools tools = {nl80211, wireless->channels.links, wireless->channels.rfkill};
    for (guint round = 0; look(pass, &tools, error); round++) {
        if (round == 0 && wireless->store.carried)
            wireless_carried_adopt(wireless->store.carried, pass->system, pass->late,
                                   wireless->record);
        g_auto(GStrv) lines = run_record_lines(wireless->record);
        g_autoptr(GArray) record = wireless_record_parse((const char *const *)lines);
        g_autoptr(GArray) actions = wireless_decide(pass->system, &pass->rules, record);

        if (actions->len == 0)
            return TRUE;
        if (round == MAX_ROUNDS) {
            pass->unfinished = pass->problems->len == 0;
            return !pass->unfinished || look_again(wireless, AGAIN_USEC, error);
        }
        g_ptr_array_set_size(pass->problems, 0);
        pass->refused =
            !wireless_apply(&tools, actions, wireless->record,
                            wireless->restore_attempts >= RESTORE_ATTEMPTS, pass->problems);
        wireless_stopped_add(pass->stopped, actions);
    }
    return FALSE;
}

static void on_change(gpointer data)
{
    enforcer_notify(data);
}

static gboolean open_channels(Pass *pass, GError **error)
{
    Wireless *wireless = pass->wireless;

    /* Only blocking radios that are still to come is worth loading the kernel's module for. */
    return wireless_channels_open(&wireless->channels, wireless->event, on_change, wireless,
                                  wireless_rules_block_all(&pass->rules), error);
}

static void rest(Wireless *wireless)
{
    wireless->again = sd_event_source_disable_unref(wireless->again);
    wireless_channels_close(&wireless->channels);
    g_clear_pointer(&wireless->plan, plan_unref);
    wireless->held = WIRELESS_USE_NONE;
}

static gboolean is_empty(const RunRecord *record)
{
    g_auto(GStrv) lines = record ? run_record_lines(record) : NULL;
    return !lines || lines[0] == NULL;
}

static gboolean has_nothing_to_do(const Pass *pass)
{
    return pass->rules.prohibited == WIRELESS_USE_NONE && is_empty(pass->wireless->record) &&
           is_empty(pass->wireless->store.carried);
}

static void carry_over(const Pass *pass)
{
    Wireless *wireless = pass->wireless;

    if (!wireless->store.carried)
        return;
    wireless_carried_update(wireless->store.carried, pass->system, &pass->rules, wireless->record);
    wireless_store_save(&wireless->store);
}

/* What held under another plan may be none of this one's. */
static void take_plan(Wireless *wireless, const Plan *plan)
{
    if (wireless->plan == plan)
        return;
    g_clear_pointer(&wireless->plan, plan_unref);
    wireless->plan = plan_ref((Plan *)plan);
    wireless->fight = (WirelessFight){0};
    wireless->held = WIRELESS_USE_NONE;
}

/* Whom this pass had to stop is told of; who is fought with, also when that is over. */
static gboolean report_outcome(Pass *pass, EnforcerReport *report, GError **error)
{
    Wireless *wireless = pass->wireless;
    const gint64 now = g_get_monotonic_time();

    wireless_fight_note(&wireless->fight, wireless_stopped_uses(pass->stopped), now);
    const WirelessOutcome outcome = {
        .system = pass->system,
        .rules = &pass->rules,
        .stopped = pass->stopped,
        .held = wireless->held,
        .fought = wireless_fight_uses(&wireless->fight, now),
        .noticed = pass->noticed != 0 ? pass->noticed : now,
    };
    wireless->held = wireless_report(&outcome, report);
    for (guint i = 0; i < pass->problems->len; i++)
        enforcer_report_problem(report, "%s", (const char *)g_ptr_array_index(pass->problems, i));
    return outcome.fought == WIRELESS_USE_NONE || pass->unfinished ||
           look_again(wireless, (guint64)(wireless->fight.until - now), error);
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    Wireless *wireless = (Wireless *)enforcer;
    g_auto(Pass) pass = {
        .wireless = wireless,
        .rules = wireless_rules_of_plan(plan),
        .stopped = wireless_stopped_new(),
        .problems = g_ptr_array_new_with_free_func(g_free),
    };

    pass.late = !wireless->store.carried && wireless->plan;
    wireless_store_open(&wireless->store);
    take_plan(wireless, plan);
    if (has_nothing_to_do(&pass)) {
        rest(wireless);
        return TRUE;
    }
    pass.rules.whole_device = network_namespace_is_initial();
    pass.rules.first_blocked = rfkill_blocks_at_first();
    if (!open_channels(&pass, error) || !run_rounds(&pass, error))
        return FALSE;
    carry_over(&pass);
    wireless->restore_attempts = pass.refused ? wireless->restore_attempts + 1 : 0;
    if (!report_outcome(&pass, report, error))
        return FALSE;
    if (has_nothing_to_do(&pass))
        rest(wireless);
    return TRUE;
}

/* Life */

/* The monitor tells about switches, once there is a device to read them from. */
static void on_uevent(const Uevent *uevent, gpointer data)
{
    const Wireless *wireless = data;

    if (wireless->channels.monitor && !wireless->channels.rfkill)
        enforcer_notify(data);
}

static void discard(Enforcer *enforcer)
{
    Wireless *wireless = (Wireless *)enforcer;

    uevent_monitor_remove(wireless->uevents, wireless);
    rest(wireless);
    run_record_free(wireless->record);
    wireless_store_clear(&wireless->store);
    g_free(wireless);
}

static const EnforcerClass wireless_class = {
    .name = "wireless",
    .effects = EFFECTS,
    .reconcile = reconcile,
    .free = discard,
};

Enforcer *wireless_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory,
                       const char *state_directory, WirelessStoreIsThere is_there)
{
    Wireless *wireless = g_new0(Wireless, 1);

    wireless->base.class = &wireless_class;
    wireless->event = event;
    wireless->uevents = monitor;
    wireless->record = run_record_new(runtime_directory, WIRELESS_RECORD_FILE);
    wireless->store.directory = g_strdup(state_directory);
    wireless->store.is_there = is_there;
    uevent_monitor_add(monitor, "rfkill", on_uevent, wireless);
    return &wireless->base;
}
