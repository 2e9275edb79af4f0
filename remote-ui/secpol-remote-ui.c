/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpol-remote-ui: the page "Confirm Security Policy". */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib-unix.h>
#include <systemd/sd-daemon.h>

#include "daemon/config.h"

#include "remote-ui/listeners.h"
#include "remote-ui/site.h"

/* Counters of blocked packets come without a signal. */
#define REFRESH_SEC 5
#define BEAT_SEC    10
/* systemd starts it again for the next who looks. */
#define IDLE_SEC 120

typedef struct Service {
    GMainLoop *loop;
    DeviceWatch *watch;
    EventHub *hub;
    Connections *connections;
    gboolean activated; /* by a socket unit, so that it may end when nobody looks */
    guint idle_sec;
} Service;

static void on_changed(gpointer data)
{
    const Service *service = data;
    /* Also called while the watch is being made. */
    if (service->watch)
        event_hub_update(service->hub, device_watch_status(service->watch));
}

static gboolean on_refresh(gpointer data)
{
    Service *service = data;
    const gboolean idle = connections_count(service->connections) == 0;
    service->idle_sec = idle ? service->idle_sec + REFRESH_SEC : 0;
    if (service->activated && service->idle_sec >= IDLE_SEC)
        g_main_loop_quit(service->loop);
    if (event_hub_n_streams(service->hub) > 0)
        device_watch_refresh(service->watch);
    return G_SOURCE_CONTINUE;
}

static gboolean on_beat(gpointer data)
{
    const Service *service = data;
    event_hub_beat(service->hub);
    return G_SOURCE_CONTINUE;
}

static gboolean on_terminate(gpointer data)
{
    const Service *service = data;
    g_main_loop_quit(service->loop);
    return G_SOURCE_CONTINUE;
}

static GPtrArray *find_listeners(char **addresses, gboolean *ret_activated, GError **error)
{
    g_autoptr(GPtrArray) passed = listeners_from_systemd(error);
    if (!passed)
        return NULL;
    *ret_activated = passed->len > 0;
    if (passed->len > 0)
        return g_steal_pointer(&passed);
    if (!addresses)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "nowhere to listen: start secpol-remote-ui.socket, or give --listen=");
    return addresses ? listeners_from_addresses((const char *const *)addresses, error) : NULL;
}

static gboolean run(GPtrArray *listeners, gboolean activated, GError **error)
{
    Service service = {.activated = activated};
    g_autoptr(GMainLoop) loop = service.loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(SoupServer) server = soup_server_new(NULL, NULL);
    g_autoptr(Connections) connections = service.connections = connections_new(server);
    g_autoptr(EventHub) hub = service.hub = event_hub_new();
    g_autoptr(DeviceWatch) watch = service.watch = device_watch_new(on_changed, &service);
    g_autoptr(Site) site = site_new(server, connections, watch, hub);
    event_hub_update(hub, device_watch_status(watch));
    for (guint i = 0; i < listeners->len; i++)
        if (!connections_listen(connections, listeners->pdata[i], error))
            return FALSE;
    connections_start(connections);
    g_timeout_add_seconds(REFRESH_SEC, on_refresh, &service);
    g_timeout_add_seconds(BEAT_SEC, on_beat, &service);
    g_unix_signal_add(SIGTERM, on_terminate, &service);
    g_unix_signal_add(SIGINT, on_terminate, &service);
    sd_notify(FALSE, "READY=1");
    g_main_loop_run(loop);
    sd_notify(FALSE, "STOPPING=1");
    return TRUE;
}

static gboolean start(int argc, char **argv, GError **error)
{
    gboolean version = FALSE;
    gboolean activated;
    g_auto(GStrv) addresses = NULL;
    const GOptionEntry entries[] = {
        {"listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &addresses,
         "Listen here where systemd passes no sockets on; may be given several times", "ADDRESS"},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Print the version and exit", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- shows the security policy");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (version) {
        printf("secpol-remote-ui %s\n", SECPOLD_VERSION);
        return TRUE;
    }
    if (argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "unexpected argument '%s'; where to listen is said with --listen=", argv[1]);
        return FALSE;
    }
    g_autoptr(GPtrArray) listeners = find_listeners(addresses, &activated, error);
    return listeners && run(listeners, activated, error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    setlocale(LC_ALL, "");
    if (start(argc, argv, &error))
        return EXIT_SUCCESS;
    fprintf(stderr, "secpol-remote-ui: %s\n", error->message);
    return EXIT_FAILURE;
}
