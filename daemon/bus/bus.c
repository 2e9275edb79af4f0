/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus.h"

#include <errno.h>
#include <syslog.h>

#include "daemon/audit.h"
#include "daemon/bus/bus-item.h"
#include "daemon/bus/bus-manager.h"
#include "daemon/bus/bus-names.h"
#include "daemon/bus/bus-setting.h"

#define DEFAULT_ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define AGENT_GROUP     "secpold-agent"
/* How long to wait before a connection that failed is tried again. */
#define RECONNECT_USEC (500 * G_TIME_SPAN_MILLISECOND)
/* The same where the bus lets somebody else own the name, which is not over in a moment. */
#define NAME_RETRY_USEC (10 * G_TIME_SPAN_SECOND)

struct Bus {
    sd_event *event;
    sd_event_source *reconnect;
    sd_event_source *after; /* runs after every other event source */
    BusContext context;
    BusManager *manager;
    BusItems *items;
    BusSettings *settings;
    sd_bus *bus; /* NULL while there is no attempt to connect */
    BusCallers *callers;
    BusNames *names;
    BusPolkit *polkit;
    gboolean announced; /* the name is ours: there may be somebody who listens */
};

/* Where to send signals: nowhere before the name is owned, since nobody can know the sender. */
static sd_bus *audience(const Bus *bus)
{
    return bus->announced ? bus->bus : NULL;
}

static void on_item_changed(guint item, gpointer data)
{
    const Bus *bus = data;
    bus_items_update(bus->items, audience(bus), item);
}

static void on_settings_changed(gpointer data)
{
    const Bus *bus = data;
    bus_settings_update(bus->settings, audience(bus));
}

static void on_facts_changed(gpointer data)
{
    const Bus *bus = data;
    bus_manager_update(bus->manager, audience(bus));
}

static void on_violation(guint item, const char *effect, const char *detail, gpointer data)
{
    bus_manager_emit_violation(audience(data), item, effect, detail);
}

static void on_repaired(guint item, const char *effect, const char *detail, guint64 usec,
                        gpointer data)
{
    bus_manager_emit_repaired(audience(data), item, effect, detail, usec);
}

static void on_policy_changed(gpointer data)
{
    const Bus *bus = data;

    if (bus->names)
        bus_names_follow(bus->names, reconciler_plan(manager_reconciler(bus->context.manager)));
    blocked_log_set_plan(bus->context.blocked_log,
                         reconciler_plan(manager_reconciler(bus->context.manager)));
    bus_manager_emit_policy_changed(bus->manager, audience(bus));
}

static const ManagerObserver manager_observer = {
    .reconciler =
        {
            .item_changed = on_item_changed,
            .states_changed = on_facts_changed,
            .settings_changed = on_settings_changed,
            .problems_changed = on_facts_changed,
            .violation = on_violation,
            .repaired = on_repaired,
        },
    .policy_changed = on_policy_changed,
};

Bus *bus_new(sd_event *event, const BusContext *context)
{
    Bus *bus = g_new0(Bus, 1);

    bus->event = event;
    bus->context = *context;
    bus->manager = bus_manager_new(&bus->context);
    bus->items = bus_items_new(&bus->context);
    bus->settings = bus_settings_new(&bus->context);
    manager_observe(context->manager, &manager_observer, bus);
    return bus;
}

static void disconnect(Bus *bus)
{
    bus->announced = FALSE;
    g_clear_pointer(&bus->polkit, bus_polkit_free);
    g_clear_pointer(&bus->callers, bus_callers_free);
    g_clear_pointer(&bus->names, bus_names_free);
    bus->bus = sd_bus_close_unref(bus->bus);
}

void bus_free(Bus *bus)
{
    if (!bus)
        return;
    disconnect(bus);
    sd_event_source_disable_unref(bus->reconnect);
    sd_event_source_disable_unref(bus->after);
    bus_settings_free(bus->settings);
    bus_items_free(bus->items);
    bus_manager_free(bus->manager);
    g_free(bus);
}

static int on_reconnect(sd_event_source *source, uint64_t usec, void *data)
{
    Bus *bus = data;

    bus->reconnect = sd_event_source_disable_unref(bus->reconnect);
    disconnect(bus);
    bus_connect(bus);
    return 0;
}

/* A connection cannot be taken apart from within its own callbacks, hence the detour by the event
 * loop also where there is nothing to wait for. */
static void schedule_reconnect(Bus *bus, guint64 delay)
{
    bus->announced = FALSE;
    if (!bus->reconnect)
        sd_event_add_time_relative(bus->event, &bus->reconnect, CLOCK_MONOTONIC, delay, 0,
                                   on_reconnect, bus);
}

/* sd-bus does not tell of a connection that fails at the moment the socket it waits for appears:
 * it closes, and nothing wakes it up any more. */
static int look_for_silent_failure(sd_event_source *source, void *data)
{
    Bus *bus = data;

    if (bus->bus && !bus->announced && sd_bus_is_open(bus->bus) <= 0)
        schedule_reconnect(bus, RECONNECT_USEC);
    return 0;
}

static int on_disconnected(sd_bus_message *signal, void *data, sd_bus_error *ret_error)
{
    Bus *bus = data;

    audit_note(LOG_NOTICE, "The bus is gone; waiting for it to come back");
    reconciler_forget(manager_reconciler(bus->context.manager), NULL);
    schedule_reconnect(bus, 0);
    return 0;
}

/* Who has left: what it said as an agent is not known any more, and what it asked for is moot. */
static void on_caller_gone(const char *connection, gpointer data)
{
    const Bus *bus = data;

    bus_polkit_forget(bus->polkit, connection);
    reconciler_forget(manager_reconciler(bus->context.manager), connection);
}

static int on_name(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    Bus *bus = data;
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    guint32 answer = 0;

    if (!error && sd_bus_message_read(reply, "u", &answer) >= 0 && answer == 1) {
        bus->announced = TRUE;
        return 0;
    }
    audit_note(LOG_WARNING, "Cannot own " BUS_NAME " on the bus: %s; trying again",
               error && error->message ? error->message : "somebody else does");
    schedule_reconnect(bus, NAME_RETRY_USEC);
    return 0;
}

static int attach_objects(Bus *bus)
{
    const BusPeers peers = {bus->callers, bus->names, bus->polkit};

    int r = bus_manager_attach(bus->manager, bus->bus, &peers);
    if (r >= 0)
        r = bus_items_attach(bus->items, bus->bus);
    if (r >= 0)
        r = bus_settings_attach(bus->settings, bus->bus);
    return r < 0 ? r : sd_bus_add_object_manager(bus->bus, NULL, BUS_PATH);
}

static const char *address(void)
{
    const char *own = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
    return own && *own ? own : DEFAULT_ADDRESS;
}

/* sd_bus_open_system() would fail where the bus is not there yet; a watch on its socket waits. */
static int open_connection(Bus *bus)
{
    int r = sd_bus_new(&bus->bus);
    if (r >= 0)
        r = sd_bus_set_address(bus->bus, address());
    if (r >= 0)
        r = sd_bus_set_bus_client(bus->bus, TRUE);
    if (r >= 0)
        r = sd_bus_set_watch_bind(bus->bus, TRUE);
    /* Flushing at the end would wait for a bus that does not answer. */
    if (r >= 0)
        r = sd_bus_set_close_on_exit(bus->bus, FALSE);
    if (r >= 0)
        r = sd_bus_attach_event(bus->bus, bus->event, SD_EVENT_PRIORITY_NORMAL);
    return r < 0 ? r : sd_bus_start(bus->bus);
}

static int prepare_connection(Bus *bus)
{
    int r = open_connection(bus);
    if (r < 0)
        return r;

    bus->callers = bus_callers_new(bus->bus, AGENT_GROUP, on_caller_gone, bus);
    bus->names = bus_names_new(bus->bus);
    bus->polkit = bus_polkit_new(bus->bus, bus->callers);
    r = attach_objects(bus);
    if (r >= 0)
        r = sd_bus_match_signal(bus->bus, NULL, "org.freedesktop.DBus.Local",
                                "/org/freedesktop/DBus/Local", "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, bus);
    if (r >= 0)
        r = bus_names_follow(bus->names, reconciler_plan(manager_reconciler(bus->context.manager)));
    return r < 0 ? r : sd_bus_request_name_async(bus->bus, NULL, BUS_NAME, 0, on_name, bus);
}

void bus_connect(Bus *bus)
{
    if (!bus->after)
        sd_event_add_post(bus->event, &bus->after, look_for_silent_failure, bus);

    const int r = prepare_connection(bus);
    if (r >= 0)
        return;
    audit_note(LOG_WARNING, "Cannot connect to the bus at %s: %s; trying again", address(),
               g_strerror(-r));
    schedule_reconnect(bus, RECONNECT_USEC);
}
