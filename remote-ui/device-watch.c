/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/device-watch.h"

#include <gio/gio.h>

#include "remote-ui/device-read.h"

#define FRESH G_USEC_PER_SEC
/* Changes come in swarms; reading once for each swarm is enough. */
#define SETTLE_MSEC  60
#define CONNECT_MSEC 3000
#define RETRY_SEC    2

typedef struct Waiter {
    void (*ready)(gpointer data);
    gpointer data;
} Waiter;

struct DeviceWatch {
    void (*changed)(gpointer data);
    gpointer data;
    DeviceStatus status;
    GDBusConnection *bus;
    GCancellable *cancellable; /* of connecting and reading */
    guint name_watch;
    guint subscriptions[2];
    guint timer; /* to connect, to give up connecting, or to read */
    gboolean reading;
    gboolean stale; /* something changed while it was read */
    GQueue waiters; /* of Waiter, the first who came first */
    guint turn;     /* calls one waiter after the other; 0: nobody is to be called */
};

static void connect_bus(DeviceWatch *watch);
static void start_reading(DeviceWatch *watch);

static void clear_timer(DeviceWatch *watch)
{
    if (watch->timer)
        g_source_remove(watch->timer);
    watch->timer = 0;
}

static gboolean on_turn(gpointer data)
{
    DeviceWatch *watch = data;
    g_autofree Waiter *waiter = g_queue_pop_head(&watch->waiters);
    if (waiter)
        waiter->ready(waiter->data);
    if (!g_queue_is_empty(&watch->waiters))
        return G_SOURCE_CONTINUE;
    watch->turn = 0;
    return G_SOURCE_REMOVE;
}

static void call_waiters(DeviceWatch *watch)
{
    if (!watch->turn && !g_queue_is_empty(&watch->waiters))
        watch->turn = g_idle_add_full(G_PRIORITY_DEFAULT, on_turn, watch, NULL);
}

static void become(DeviceWatch *watch, DeviceLink link, const GError *error)
{
    if (watch->status.link != link)
        watch->status.since_usec = g_get_real_time();
    watch->status.link = link;
    g_free(watch->status.reason);
    watch->status.reason = error ? g_strdup(error->message) : NULL;
    watch->changed(watch->data);
    if (link != DEVICE_LINK_CONNECTING)
        call_waiters(watch);
}

static gboolean on_time_to_read(gpointer data)
{
    DeviceWatch *watch = data;
    watch->timer = 0;
    start_reading(watch);
    return G_SOURCE_REMOVE;
}

static void on_read(DeviceView *view, GError *error, gpointer data)
{
    DeviceWatch *watch = data;
    watch->reading = FALSE;
    if (!view) {
        become(watch, DEVICE_LINK_NO_ANSWER, error);
        return;
    }
    device_view_unref(watch->status.view);
    watch->status.view = view;
    if (watch->stale && !watch->timer)
        watch->timer = g_timeout_add(SETTLE_MSEC, on_time_to_read, watch);
    become(watch, DEVICE_LINK_UP, NULL);
}

static void start_reading(DeviceWatch *watch)
{
    if (watch->reading) {
        watch->stale = TRUE;
        return;
    }
    watch->reading = TRUE;
    watch->stale = FALSE;
    device_read(watch->bus, watch->cancellable, on_read, watch);
}

/* Gives up what is under way: its answers are of no use any more. */
static void abandon(DeviceWatch *watch)
{
    g_cancellable_cancel(watch->cancellable);
    g_object_unref(watch->cancellable);
    watch->cancellable = g_cancellable_new();
    watch->reading = FALSE;
    clear_timer(watch);
}

static void on_signal(GDBusConnection *bus, const char *sender, const char *path,
                      const char *interface, const char *name, GVariant *arguments, gpointer data)
{
    DeviceWatch *watch = data;
    if (watch->reading)
        watch->stale = TRUE;
    else if (!watch->timer)
        watch->timer = g_timeout_add(SETTLE_MSEC, on_time_to_read, watch);
}

static void on_appeared(GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
    DeviceWatch *watch = data;
    abandon(watch);
    start_reading(watch);
}

static void on_vanished(GDBusConnection *bus, const char *name, gpointer data)
{
    DeviceWatch *watch = data;
    /* Also called when the bus goes, which on_closed() is for. */
    if (!watch->bus || g_dbus_connection_is_closed(watch->bus))
        return;
    abandon(watch);
    become(watch, DEVICE_LINK_NO_SECPOLD, NULL);
}

static void let_go_of_bus(DeviceWatch *watch)
{
    if (!watch->bus)
        return;
    g_bus_unwatch_name(watch->name_watch);
    for (gsize i = 0; i < G_N_ELEMENTS(watch->subscriptions); i++)
        g_dbus_connection_signal_unsubscribe(watch->bus, watch->subscriptions[i]);
    g_signal_handlers_disconnect_by_data(watch->bus, watch);
    g_clear_object(&watch->bus);
}

static gboolean on_time_to_connect(gpointer data)
{
    DeviceWatch *watch = data;
    watch->timer = 0;
    connect_bus(watch);
    return G_SOURCE_REMOVE;
}

static void lose_bus(DeviceWatch *watch, const GError *error)
{
    abandon(watch);
    let_go_of_bus(watch);
    watch->timer = g_timeout_add_seconds(RETRY_SEC, on_time_to_connect, watch);
    become(watch, DEVICE_LINK_NO_BUS, error);
}

static void on_closed(GDBusConnection *bus, gboolean by_peer, GError *error, gpointer data)
{
    lose_bus(data, error);
}

static void take_bus(DeviceWatch *watch, GDBusConnection *bus)
{
    static const char *const interfaces[] = {"org.freedesktop.DBus.Properties", SECPOLD_MANAGER};
    G_STATIC_ASSERT(G_N_ELEMENTS(interfaces) == G_N_ELEMENTS(watch->subscriptions));
    watch->bus = bus;
    g_dbus_connection_set_exit_on_close(bus, FALSE);
    g_signal_connect(bus, "closed", G_CALLBACK(on_closed), watch);
    for (gsize i = 0; i < G_N_ELEMENTS(interfaces); i++)
        watch->subscriptions[i] =
            g_dbus_connection_signal_subscribe(bus, SECPOLD_NAME, interfaces[i], NULL, NULL, NULL,
                                               G_DBUS_SIGNAL_FLAGS_NONE, on_signal, watch, NULL);
    watch->name_watch = g_bus_watch_name_on_connection(
        bus, SECPOLD_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, watch, NULL);
}

static void on_connected(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDBusConnection) bus = g_dbus_connection_new_for_address_finish(result, &error);
    /* The watch may be gone where it was cancelled. */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    DeviceWatch *watch = data;
    clear_timer(watch);
    if (bus && !g_dbus_connection_is_closed(bus))
        take_bus(watch, g_object_ref(bus));
    /* It may have closed before anybody listened for that. */
    if (!bus || g_dbus_connection_is_closed(bus))
        lose_bus(watch, error);
}

static gboolean on_connecting_too_long(gpointer data)
{
    DeviceWatch *watch = data;
    watch->timer = 0;
    lose_bus(watch, NULL);
    return G_SOURCE_REMOVE;
}

/* A connection of its own: the shared one of GIO would stay the closed one it is. */
static void connect_bus(DeviceWatch *watch)
{
    g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
    watch->timer = g_timeout_add(CONNECT_MSEC, on_connecting_too_long, watch);
    g_dbus_connection_new_for_address(address,
                                      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                      NULL, watch->cancellable, on_connected, watch);
}

DeviceWatch *device_watch_new(void (*changed)(gpointer data), gpointer data)
{
    DeviceWatch *watch = g_new0(DeviceWatch, 1);
    watch->changed = changed;
    watch->data = data;
    watch->status = (DeviceStatus){
        .link = DEVICE_LINK_CONNECTING,
        .since_usec = g_get_real_time(),
        .view = device_view_new_from_catalog(),
    };
    watch->cancellable = g_cancellable_new();
    g_queue_init(&watch->waiters);
    connect_bus(watch);
    return watch;
}

void device_watch_free(DeviceWatch *watch)
{
    if (!watch)
        return;
    abandon(watch);
    let_go_of_bus(watch);
    g_object_unref(watch->cancellable);
    if (watch->turn)
        g_source_remove(watch->turn);
    g_queue_clear_full(&watch->waiters, g_free);
    device_view_unref(watch->status.view);
    g_free(watch->status.reason);
    g_free(watch);
}

const DeviceStatus *device_watch_status(const DeviceWatch *watch)
{
    return &watch->status;
}

static gboolean can_be_read(const DeviceWatch *watch)
{
    return watch->status.link == DEVICE_LINK_UP || watch->status.link == DEVICE_LINK_NO_ANSWER;
}

void device_watch_refresh(DeviceWatch *watch)
{
    if (can_be_read(watch) && !watch->reading)
        start_reading(watch);
}

void device_watch_when_fresh(DeviceWatch *watch, void (*ready)(gpointer data), gpointer data)
{
    const gint64 age = g_get_real_time() - watch->status.view->read_usec;
    const gboolean fresh = watch->status.link == DEVICE_LINK_UP && age >= 0 && age < FRESH;
    if (!fresh)
        device_watch_refresh(watch);
    if (fresh || !(watch->reading || watch->status.link == DEVICE_LINK_CONNECTING)) {
        ready(data);
        return;
    }
    Waiter *waiter = g_new0(Waiter, 1);
    *waiter = (Waiter){ready, data};
    g_queue_push_tail(&watch->waiters, waiter);
}
