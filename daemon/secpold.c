/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "daemon/audit.h"
#include "daemon/bus/bus.h"
#include "daemon/config.h"
#include "daemon/enforce/firewall/firewall.h"
#include "daemon/enforce/firewall/port-reservation.h"
#include "daemon/enforce/firewall/tcp-sessions.h"
#include "daemon/enforce/uevent-monitor.h"
#include "daemon/enforce/usb/usb-gadget.h"
#include "daemon/enforce/usb/usb-storage.h"
#include "daemon/enforce/wireless/wireless.h"
#include "daemon/probe.h"
#include "daemon/service-manager.h"
#include "daemon/state/mount-check.h"

#define DEFAULT_STATE_DIRECTORY "/var/lib/secpold"

/* From this size on, memory goes back to the kernel as soon as it is freed (glibc's default, which
 * it would raise by itself with the first large message that somebody sends). */
#define LARGE_BYTES (128 * 1024)

typedef struct Options {
    char *state_directory;
    char *policy;
    char *device_profile;
    gboolean factory_reset;
    gboolean probe;
    gboolean version;
} Options;

static void options_clear(Options *options)
{
    g_free(options->state_directory);
    g_free(options->policy);
    g_free(options->device_profile);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Everything that lives as long as the event loop, in the order it is taken down. */
typedef struct Daemon {
    Bus *bus;
    Manager *manager;
    Reconciler *reconciler;
    Enforcer *firewall; /* belongs to the reconciler */
    BlockedLog *blocked_log;
    UeventMonitor *uevent_monitor; /* NULL where the system has none */
    sd_event *event;
} Daemon;

static void daemon_clear(Daemon *daemon)
{
    /* While there is a bus to tell it over. */
    if (daemon->manager)
        life_cycle_abandon_import(manager_life_cycle(daemon->manager));
    bus_free(daemon->bus);
    reconciler_free(daemon->reconciler);
    manager_free(daemon->manager);
    blocked_log_free(daemon->blocked_log);
    uevent_monitor_free(daemon->uevent_monitor);
    sd_event_unref(daemon->event);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Daemon, daemon_clear)

static gboolean parse_options(int argc, char *argv[], Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"state-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->state_directory,
         "Where imported policies are kept (default: " DEFAULT_STATE_DIRECTORY ")", "DIRECTORY"},
        {"policy", 0, 0, G_OPTION_ARG_FILENAME, &options->policy,
         "Provisioned policy (default: /etc/secpold/default.policy, then "
         "/usr/lib/secpold/default.policy)",
         "FILE"},
        {"device-profile", 0, 0, G_OPTION_ARG_FILENAME, &options->device_profile,
         "Device profile, without drop-ins (default: device.conf in the same places)", "FILE"},
        {"factory-reset", 0, 0, G_OPTION_ARG_NONE, &options->factory_reset,
         "Forget all imported policies, serials and the setting password, and exit; secpold must "
         "not be running",
         NULL},
        {"probe", 0, 0, G_OPTION_ARG_NONE, &options->probe,
         "Print what the kernel offers and what secpold does without it, and exit", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(
        context, "Keeps a printer controller at its organization's security policy.");
    g_option_context_set_description(context, "See secpold(8).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (argc > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "secpold takes no argument: %s", argv[1]);
        return FALSE;
    }
    return TRUE;
}

static const char *state_directory(const Options *options)
{
    return options->state_directory ? options->state_directory : DEFAULT_STATE_DIRECTORY;
}

static const char *runtime_directory(void)
{
    const char *given = g_getenv("RUNTIME_DIRECTORY");
    return given && *given ? given : "/run/secpold";
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
    const Daemon *daemon = data;

    g_autofree char *reloading =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" PRIi64, g_get_monotonic_time());
    service_manager_notify(reloading);
    manager_reload(daemon->manager);
    service_manager_notify("READY=1");
    return 0;
}

static gboolean fail(GError **error, int r, const char *what)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(-r), "%s: %s", what, g_strerror(-r));
    return FALSE;
}

static gboolean open_event_loop(Daemon *daemon, GError **error)
{
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigaddset(&handled, SIGHUP);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    signal(SIGPIPE, SIG_IGN);

    int r = sd_event_new(&daemon->event);
    if (r >= 0)
        r = sd_event_add_signal(daemon->event, NULL, SIGTERM, NULL, NULL);
    if (r >= 0)
        r = sd_event_add_signal(daemon->event, NULL, SIGINT, NULL, NULL);
    if (r >= 0)
        r = sd_event_add_signal(daemon->event, NULL, SIGHUP, on_reload, daemon);
    if (r >= 0)
        r = sd_event_set_watchdog(daemon->event, TRUE);
    return r >= 0 || fail(error, r, "Cannot set up the event loop");
}

/* Without it enforcers still act on every new policy, retry and Verify(). */
static void listen_to_devices(Daemon *daemon)
{
    g_autoptr(GError) error = NULL;

    daemon->uevent_monitor = uevent_monitor_new(daemon->event, &error);
    if (!daemon->uevent_monitor)
        audit_note(LOG_WARNING, "%s", error->message);
}

static gboolean state_is_there(const char *directory)
{
    return mount_check(&mount_tables_system, directory, NULL);
}

static void add_enforcers(Daemon *daemon, const Options *options)
{
    daemon->firewall =
        firewall_new(daemon->event, service_manager_take_socket(), service_manager_keep_socket);
    reconciler_add(daemon->reconciler, daemon->firewall);
    reconciler_add(daemon->reconciler, port_reservation_new(runtime_directory()));
    /* After the firewall: a session that is ended before its port is closed comes back. */
    reconciler_add(daemon->reconciler, tcp_sessions_enforcer_new());
    reconciler_add(daemon->reconciler,
                   usb_gadget_new(daemon->event, daemon->uevent_monitor, runtime_directory()));
    reconciler_add(daemon->reconciler,
                   usb_storage_new(daemon->event, daemon->uevent_monitor, runtime_directory()));
    reconciler_add(daemon->reconciler,
                   wireless_new(daemon->event, daemon->uevent_monitor, runtime_directory(),
                                state_directory(options), state_is_there));
}

static gboolean start(Daemon *daemon, const Options *options, GError **error)
{
    g_autoptr(DeviceProfile) profile = device_profile_new();
    g_autoptr(Plan) plan = plan_new_empty(profile);

    if (!open_event_loop(daemon, error))
        return FALSE;
    daemon->reconciler = reconciler_new(daemon->event, plan, error);
    if (!daemon->reconciler)
        return FALSE;
    listen_to_devices(daemon);
    add_enforcers(daemon, options);
    daemon->blocked_log = blocked_log_new(daemon->event);
    const ManagerPaths paths = {
        .state_directory = state_directory(options),
        .policy = options->policy,
        .profile = options->device_profile,
    };
    daemon->manager = manager_new(daemon->event, daemon->reconciler, &paths);
    const BusContext context = {daemon->manager, daemon->firewall, daemon->blocked_log};
    daemon->bus = bus_new(daemon->event, &context);

    /* Rules first: the bus may come up much later than the network. */
    manager_start(daemon->manager);
    service_manager_notify("READY=1");
    bus_connect(daemon->bus);
    return TRUE;
}

static gboolean run(const Options *options, GError **error)
{
    g_auto(Daemon) daemon = {0};

    g_mkdir_with_parents(runtime_directory(), 0755);
    if (!start(&daemon, options, error))
        return FALSE;
    const int r = sd_event_loop(daemon.event);
    service_manager_notify("STOPPING=1");
    return r >= 0 || fail(error, r, "The event loop ended");
}

static gboolean factory_reset(const Options *options, GError **error)
{
    g_autoptr(Store) store = store_open(state_directory(options), error);

    if (!store || !store_reset(store, error))
        return FALSE;
    audit_reset(getuid());
    return TRUE;
}

int main(int argc, char *argv[])
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;

    setlocale(LC_CTYPE, "");
    /* Passwords pass through this process: no core file, also where a core is piped elsewhere. */
    prctl(PR_SET_DUMPABLE, 0);
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    if (!parse_options(argc, argv, &options, &error)) {
        fprintf(stderr, "secpold: %s\nTry 'secpold --help'.\n", error->message);
        return 2;
    }
    if (options.version) {
        puts("secpold " SECPOLD_VERSION);
        return EXIT_SUCCESS;
    }
    if (options.probe)
        return probe_print(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
    if (!(options.factory_reset ? factory_reset(&options, &error) : run(&options, &error))) {
        audit_note(LOG_ERR, "%s", error->message);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
