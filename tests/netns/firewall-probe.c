/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the firewall enforcer alone, in the network namespace it is started in.
 *
 *     firewall-probe POLICY [PROFILE]
 *
 * Prints what it finds and keeps it so. A line on standard input is the name of the next policy
 * file, or an item's key to have its counter printed. Stops at the end of standard input, leaving
 * everything in force. LISTEN_FDS hands it the socket of an earlier run, as systemd would.
 */
#include "daemon/enforce/firewall.h"
#include "daemon/policy/policy-document.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>

typedef struct Probe {
    sd_event *event;
    Enforcer *firewall;
    DeviceProfile *profile;
    Plan *plan;
} Probe;

static void die(const char *what, const GError *error)
{
    fprintf(stderr, "%s: %s\n", what, error ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static DeviceProfile *read_profile(const char *file)
{
    if (!file)
        return device_profile_new();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    if (!g_file_get_contents(file, &text, &length, &error))
        die(file, error);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    const DeviceProfileSource source = {.name = file, .text = text, .length = length};
    DeviceProfile *profile = device_profile_parse(&source, 1, diagnostics);
    if (!profile)
        die(file, NULL);
    return profile;
}

static Plan *read_plan(const char *file, const DeviceProfile *profile)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    if (!g_file_get_contents(file, &text, &length, &error))
        die(file, error);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    if (!policy)
        die(file, NULL);
    return plan_new(policy, profile, TRUE);
}

static void print_report(const EnforcerReport *report)
{
    for (guint i = 0; i < report->problems->len; i++)
        printf("problem: %s\n", (const char *)g_ptr_array_index(report->problems, i));
    for (guint i = 0; i < report->drifts->len; i++) {
        const Drift *drift = &g_array_index(report->drifts, Drift, i);
        printf("drift %s: %s: %s after %" G_GINT64_FORMAT " us\n", catalog_items[drift->item].key,
               drift->detail, drift->repaired ? "repaired" : "not repaired",
               g_get_monotonic_time() - drift->noticed);
    }
    for (guint i = 0; i < report->findings->len; i++) {
        const Finding *finding = &g_array_index(report->findings, Finding, i);
        printf("%s: %s%s%s\n", catalog_items[finding->item].key,
               finding->verdict == VERDICT_HOLDS ? "holds" : "violated",
               finding->detail ? ": " : "", finding->detail ? finding->detail : "");
    }
}

static void reconcile(Probe *probe)
{
    g_autoptr(EnforcerReport) report = enforcer_report_new();
    g_autoptr(GError) error = NULL;
    const gint64 start = g_get_monotonic_time();
    const gboolean done =
        probe->firewall->class->reconcile(probe->firewall, probe->plan, report, &error);
    const gint64 took = g_get_monotonic_time() - start;
    print_report(report);
    if (done)
        printf("reconciled in %" G_GINT64_FORMAT " us\n", took);
    else
        printf("error: %s\n", error->message);
    fflush(stdout);
}

static void on_notify(Enforcer *firewall, gpointer data)
{
    reconcile(data);
}

static void print_counter(const Probe *probe, const char *key)
{
    guint64 packets = 0, bytes = 0;
    g_autoptr(GError) error = NULL;
    const CatalogItem *item = catalog_find_item(key);
    if (!item)
        die(key, NULL);
    if (!firewall_counters(probe->firewall, (guint)catalog_item_index(item), &packets, &bytes,
                           &error))
        die(key, error);
    printf("%s: %" G_GUINT64_FORMAT " packets %" G_GUINT64_FORMAT " bytes\n", key, packets, bytes);
    fflush(stdout);
}

static int on_line(sd_event_source *source, int fd, uint32_t events, void *data)
{
    Probe *probe = data;
    char line[4096];
    if (!fgets(line, sizeof(line), stdin))
        return sd_event_exit(probe->event, 0);
    g_strchomp(line);
    if (catalog_find_item(line)) {
        print_counter(probe, line);
    } else {
        plan_unref(probe->plan);
        probe->plan = read_plan(line, probe->profile);
        reconcile(probe);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: firewall-probe POLICY [PROFILE]\n");
        return EXIT_FAILURE;
    }
    setvbuf(stdin, NULL, _IONBF, 0);
    Probe probe = {.profile = read_profile(argc == 3 ? argv[2] : NULL)};
    probe.plan = read_plan(argv[1], probe.profile);
    if (sd_event_new(&probe.event) < 0)
        die("event loop", NULL);

    g_autoptr(GError) error = NULL;
    const int stored_fd = sd_listen_fds(TRUE) == 1 ? SD_LISTEN_FDS_START : -1;
    probe.firewall = firewall_new(probe.event, stored_fd, &error);
    if (!probe.firewall)
        die("firewall", error);
    probe.firewall->notify = on_notify;
    probe.firewall->notify_data = &probe;
    if (sd_event_add_io(probe.event, NULL, STDIN_FILENO, EPOLLIN, on_line, &probe) < 0)
        die("standard input", NULL);

    reconcile(&probe);
    const int r = sd_event_loop(probe.event);
    enforcer_free(probe.firewall);
    sd_event_unref(probe.event);
    plan_unref(probe.plan);
    device_profile_free(probe.profile);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
