/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-loop.h"

#include <errno.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "agent/bus-cleanup.h"
#include "agent/file-watch.h"
#include "agent/note.h"
#include "agent/reporter.h"
#include "agent/settings-client.h"
#include "agent/unit-control.h"

/* Changes come in swarms: an editor writes, renames and sets modes. */
#define GATHER_USEC (50 * 1000)
/* What is not heard of (a program started by hand, say) is found this often. */
#define IDLE_USEC (10 * 60 * G_USEC_PER_SEC)
/* Where something does not comply, a service may just need a moment. */
#define UNSETTLED_USEC (5 * G_USEC_PER_SEC)
/* Passes after which it is not a moment any more. */
#define UNSETTLED_MAX 6

typedef struct Loop {
    Agent *agent;
    sd_event *event;
    sd_bus *bus;
    SettingsClient *client;
    Reporter *reporter;
    FileWatch *files;
    sd_bus_slot *units[2];
    sd_event_source *soon;    /* something has happened */
    sd_event_source *later;   /* nothing has, for a while */
    SettingsInForce settings; /* as secpold said last */
    GHashTable *heard;        /* set of names: units that something was heard of; NULL: of all */
    gboolean stale;           /* secpold may say something else by now */
    gboolean known;           /* secpold has said something */
    gboolean unsent;          /* a report did not get through */
    gboolean forced;          /* the next pass takes place whether anything has changed or not */
    guint unsettled;          /* passes in a row after which not everything complied */
} Loop;

static void loop_clear(Loop *loop)
{
    sd_event_source_disable_unref(loop->soon);
    sd_event_source_disable_unref(loop->later);
    file_watch_free(loop->files);
    settings_client_free(loop->client);
    reporter_free(loop->reporter);
    for (gsize i = 0; i < G_N_ELEMENTS(loop->units); i++)
        sd_bus_slot_unref(loop->units[i]);
    sd_bus_flush_close_unref(loop->bus);
    sd_event_unref(loop->event);
    settings_in_force_clear(&loop->settings);
    g_clear_pointer(&loop->heard, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Loop, loop_clear)

static void arm(sd_event_source *timer, guint64 usec)
{
    sd_event_source_set_time_relative(timer, usec);
    sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

/* The first of a swarm says when to look. */
static void look_soon(const Loop *loop)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(loop->soon, &enabled);
    if (enabled == SD_EVENT_OFF)
        arm(loop->soon, GATHER_USEC);
}

static void on_file_change(gpointer data)
{
    look_soon(data);
}

static void on_settings_change(gpointer data)
{
    Loop *loop = data;
    loop->stale = TRUE;
    look_soon(loop);
}

/* What was reported has fallen with the old owner of the name. */
static void on_new_owner(gpointer data)
{
    Loop *loop = data;
    reporter_forget(loop->reporter);
    loop->forced = TRUE;
    loop->stale = TRUE;
    arm(loop->soon, GATHER_USEC);
}

static int on_unit_change(sd_bus_message *message, void *data, sd_bus_error *error)
{
    Loop *loop = data;
    g_autofree char *unit = unit_name_from_path(sd_bus_message_get_path(message));
    if (!unit || !agent_watches(loop->agent, unit))
        return 0;
    if (loop->heard)
        g_hash_table_add(loop->heard, g_steal_pointer(&unit));
    look_soon(loop);
    return 0;
}

/* Which units were masked or unmasked is not said. */
static int on_unit_files_change(sd_bus_message *message, void *data, sd_bus_error *error)
{
    Loop *loop = data;
    g_clear_pointer(&loop->heard, g_hash_table_unref);
    look_soon(loop);
    return 0;
}

/* What has just been freed is told as well, but nobody has to stand by that. */
static void forget_free(const Loop *loop, const SettingsReport *reports, gsize n_reports)
{
    for (gsize i = 0; i < n_reports; i++)
        if (!loop->settings.values[reports[i].setting])
            reporter_forget_setting(loop->reporter, reports[i].setting);
}

static void send_reports(const SettingsReport *reports, gsize n_reports, gboolean all,
                         gpointer data)
{
    Loop *loop = data;
    g_autoptr(GError) error = NULL;
    if (!reporter_send(loop->reporter, reports, n_reports, all, &error)) {
        note(LOG_WARNING, "%s", error->message);
        loop->unsent = TRUE;
    }
    forget_free(loop, reports, n_reports);
}

static gboolean same_values(const SettingsInForce *a, const SettingsInForce *b, guint setting)
{
    GVariant *x = a->values[setting];
    GVariant *y = b->values[setting];
    return x == y || (x && y && g_variant_equal(x, y));
}

/* Whether another value is demanded of any setting. Reports on such a setting count no longer. */
static gboolean take_settings(Loop *loop, const SettingsInForce *fresh)
{
    gboolean changed = !loop->known;
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++) {
        if (same_values(&loop->settings, fresh, i))
            continue;
        changed = TRUE;
        reporter_forget_setting(loop->reporter, i);
    }
    settings_in_force_copy(&loop->settings, fresh);
    loop->known = TRUE;
    return changed;
}

/* While secpold is away, what it said last goes on to hold. */
static gboolean read_settings(Loop *loop)
{
    g_auto(SettingsInForce) fresh = {0};
    g_autoptr(GError) error = NULL;

    if (!loop->stale)
        return FALSE;
    loop->stale = FALSE;
    if (settings_client_read(loop->client, &fresh, &error))
        return take_settings(loop, &fresh);
    /* Whoever comes back is heard of. */
    if (g_error_matches(error, SETTINGS_CLIENT_ERROR, SETTINGS_CLIENT_ERROR_AWAY))
        return FALSE;
    note(LOG_WARNING, "%s", error->message);
    arm(loop->later, UNSETTLED_USEC);
    return FALSE;
}

static void watch_files(const Loop *loop)
{
    g_autoptr(GPtrArray) paths = agent_watched_files(loop->agent);
    file_watch_set(loop->files, paths);
}

static void plan_next_look(Loop *loop)
{
    const gint64 repair = agent_next_repair(loop->agent);
    const gint64 now = g_get_monotonic_time();
    guint64 wait = IDLE_USEC;

    loop->unsettled = agent_is_settled(loop->agent) && !loop->unsent ? 0 : loop->unsettled + 1;
    if (repair != G_MAXINT64)
        wait = MIN(wait, (guint64)MAX(repair - now, 0));
    if (loop->unsettled > 0 && loop->unsettled <= UNSETTLED_MAX)
        wait = MIN(wait, UNSETTLED_USEC);
    arm(loop->later, wait);
}

static void forget_heard(Loop *loop)
{
    g_clear_pointer(&loop->heard, g_hash_table_unref);
    loop->heard = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* Files are watched before they are read, so that no change goes unheard; and again afterwards, as
 * directories may have come into being. */
static void look(Loop *loop)
{
    const gboolean demanded = read_settings(loop);
    if (loop->known && (demanded || loop->forced || agent_sees_change(loop->agent, loop->heard))) {
        loop->forced = FALSE;
        loop->unsent = FALSE;
        watch_files(loop);
        agent_pass(loop->agent, &loop->settings, send_reports, loop);
        watch_files(loop);
        plan_next_look(loop);
    }
    forget_heard(loop);
}

static int on_soon(sd_event_source *source, uint64_t usec, void *data)
{
    look(data);
    return 0;
}

static int on_later(sd_event_source *source, uint64_t usec, void *data)
{
    Loop *loop = data;
    loop->forced = TRUE;
    loop->stale = TRUE;
    look(loop);
    return 0;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    Loop *loop = data;
    agent_reload(loop->agent);
    loop->forced = TRUE;
    arm(loop->soon, 0);
    return 0;
}

static int on_disconnected(sd_bus_message *message, void *data, sd_bus_error *error)
{
    const Loop *loop = data;
    return sd_event_exit(loop->event, -ECONNRESET);
}

static int add_timer(Loop *loop, sd_event_source **timer, sd_event_time_handler_t handler)
{
    int r = sd_event_add_time_relative(loop->event, timer, CLOCK_MONOTONIC, 0, 1000, handler, loop);
    if (r >= 0)
        r = sd_event_source_set_enabled(*timer, SD_EVENT_OFF);
    return r;
}

static int open_event_loop(Loop *loop)
{
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigaddset(&handled, SIGHUP);
    sigprocmask(SIG_BLOCK, &handled, NULL);

    int r = sd_event_new(&loop->event);
    if (r >= 0)
        r = sd_event_add_signal(loop->event, NULL, SIGTERM, NULL, NULL);
    if (r >= 0)
        r = sd_event_add_signal(loop->event, NULL, SIGINT, NULL, NULL);
    if (r >= 0)
        r = sd_event_add_signal(loop->event, NULL, SIGHUP, on_reload, loop);
    if (r >= 0)
        r = add_timer(loop, &loop->soon, on_soon);
    return r >= 0 ? add_timer(loop, &loop->later, on_later) : r;
}

/* Units that start and stop, and those that are masked and unmasked. That units are loaded, which
 * asking for one does, says nothing. */
static const struct {
    const char *match;
    sd_bus_message_handler_t handler;
} unit_signals[] = {
    {"type='signal',sender='org.freedesktop.systemd1',member='PropertiesChanged',"
     "path_namespace='/org/freedesktop/systemd1/unit',arg0='org.freedesktop.systemd1.Unit'",
     on_unit_change},
    {"type='signal',sender='org.freedesktop.systemd1',member='UnitFilesChanged'",
     on_unit_files_change},
};

static int open_bus(Loop *loop)
{
    int r = sd_bus_open_system(&loop->bus);
    if (r >= 0)
        r = sd_bus_attach_event(loop->bus, loop->event, SD_EVENT_PRIORITY_NORMAL);
    if (r >= 0)
        r = sd_bus_match_signal(loop->bus, NULL, NULL, "/org/freedesktop/DBus/Local",
                                "org.freedesktop.DBus.Local", "Disconnected", on_disconnected,
                                loop);
    for (gsize i = 0; r >= 0 && i < G_N_ELEMENTS(unit_signals); i++)
        r = sd_bus_add_match(loop->bus, &loop->units[i], unit_signals[i].match,
                             unit_signals[i].handler, loop);
    return r;
}

static gboolean fail(GError **error, int r, const char *what)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "%s: %s", what, g_strerror(-r));
    return FALSE;
}

gboolean agent_loop_run(Agent *agent, GError **error)
{
    g_auto(Loop) loop = {.agent = agent};
    const SettingsListener listener = {on_settings_change, on_new_owner, &loop};

    int r = open_event_loop(&loop);
    if (r < 0)
        return fail(error, r, "Cannot set up the event loop");
    r = open_bus(&loop);
    if (r >= 0)
        r = agent_attach(agent, loop.event);
    if (r < 0)
        return fail(error, r, "Cannot connect to the system bus");
    loop.reporter = reporter_new(loop.event, error);
    loop.client = loop.reporter ? settings_client_new(loop.bus, &listener, error) : NULL;
    loop.files = loop.client ? file_watch_new(loop.event, on_file_change, &loop, error) : NULL;
    if (!loop.files)
        return FALSE;
    loop.stale = TRUE;
    arm(loop.soon, 0);
    sd_notify(FALSE, "READY=1");
    r = sd_event_loop(loop.event);
    sd_notify(FALSE, "STOPPING=1");
    return r >= 0 || fail(error, r, "The bus is lost");
}
