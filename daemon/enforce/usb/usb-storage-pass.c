/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-pass.h"

#include <string.h>

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/usb-backing.h"

#define BLOCK_DIRECTORY "/sys/class/block"

/* Of more things of a kind, a detail says how many. */
#define MAX_NAMED 6

static GPtrArray *texts_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

static void drift_free(gpointer data)
{
    UsbStorageDrift *drift = data;

    g_free(drift->text);
    g_free(drift);
}

UsbStoragePass *usb_storage_pass_new(const Plan *plan, UsbStorageState *state)
{
    UsbStoragePass *pass = g_new0(UsbStoragePass, 1);

    pass->plan = plan;
    pass->state = state;
    pass->parameter = g_strdup(state->parameter);
    pass->disks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    pass->jobs =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)usb_job_free);
    pass->violated = texts_new();
    pass->pending = texts_new();
    pass->refused = texts_new();
    pass->spared = texts_new();
    pass->lingering = texts_new();
    pass->problems = texts_new();
    pass->drifts = g_ptr_array_new_with_free_func(drift_free);
    return pass;
}

void usb_storage_pass_free(UsbStoragePass *pass)
{
    if (!pass)
        return;
    g_free(pass->parameter);
    g_clear_pointer(&pass->hubs, g_ptr_array_unref);
    g_clear_pointer(&pass->devices, g_ptr_array_unref);
    g_clear_pointer(&pass->interfaces, g_ptr_array_unref);
    g_clear_pointer(&pass->mounts, g_ptr_array_unref);
    g_hash_table_unref(pass->disks);
    g_hash_table_unref(pass->jobs);
    g_ptr_array_unref(pass->violated);
    g_ptr_array_unref(pass->pending);
    g_ptr_array_unref(pass->refused);
    g_ptr_array_unref(pass->spared);
    g_ptr_array_unref(pass->lingering);
    g_ptr_array_unref(pass->problems);
    g_ptr_array_unref(pass->drifts);
    g_free(pass);
}

/* The shortest name on an interface: the disk, not its partitions. */
static void look_at_disks(UsbStoragePass *pass)
{
    g_auto(GStrv) names = sysfs_list_noting(BLOCK_DIRECTORY, &pass->cut);

    for (guint i = 0; names[i]; i++) {
        g_autofree char *link = g_build_filename(BLOCK_DIRECTORY, names[i], NULL);
        g_autofree char *path = g_file_read_link(link, NULL);
        g_autofree char *interface = path ? usb_backing_interface_of_path(path) : NULL;
        if (interface && !g_hash_table_contains(pass->disks, interface))
            g_hash_table_insert(pass->disks, g_steal_pointer(&interface), g_strdup(names[i]));
    }
}

void usb_storage_pass_look(UsbStoragePass *pass)
{
    pass->devices = usb_tree_list(USB_DEVICE, &pass->cut);
    pass->interfaces = usb_tree_list(USB_INTERFACE, &pass->cut);
    look_at_disks(pass);
}

void usb_storage_pass_forget(UsbStoragePass *pass)
{
    if (pass->cut)
        usb_storage_pass_say(pass->violated,
                             "too many USB devices or disks to look at all of them");
    else
        usb_storage_state_keep(pass->state, pass->hubs, pass->devices, pass->interfaces);
}

void usb_storage_pass_say(GPtrArray *list, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(list, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void usb_storage_pass_add_drift(UsbStoragePass *pass, gint64 noticed, gboolean repaired,
                                const char *format, ...)
{
    UsbStorageDrift *drift = g_new0(UsbStorageDrift, 1);
    va_list arguments;

    va_start(arguments, format);
    drift->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    drift->noticed = noticed;
    drift->repaired = repaired;
    g_ptr_array_add(pass->drifts, drift);
}

void usb_storage_pass_add_step(UsbStoragePass *pass, UsbStepKind kind, const char *name, guint64 id)
{
    g_autofree char *device = usb_tree_device_name(name);
    UsbJob *job = g_hash_table_lookup(pass->jobs, device);

    if (!job) {
        job = usb_job_new(device);
        g_hash_table_insert(pass->jobs, g_strdup(device), job);
    }
    usb_job_add(job, kind, name, id);
}

gboolean usb_storage_pass_allows(const UsbStoragePass *pass, const char *device)
{
    const UsbJob *job = g_hash_table_lookup(pass->jobs, device);

    for (guint i = 0; job && i < job->steps->len; i++)
        if (g_array_index(job->steps, UsbStep, i).kind == USB_STEP_ALLOW)
            return TRUE;
    return FALSE;
}

gboolean usb_storage_pass_is_busy(const UsbStoragePass *pass, const char *interface)
{
    g_autofree char *device = usb_tree_device_name(interface);
    return g_hash_table_contains((GHashTable *)pass->busy, device);
}

/* Report */

/* "A, B and 3 more WHAT" */
static void append(GString *detail, const GPtrArray *list, const char *what)
{
    const guint n = MIN(list->len, MAX_NAMED);

    if (list->len == 0)
        return;
    if (detail->len > 0)
        g_string_append(detail, "; ");
    for (guint i = 0; i < n; i++)
        g_string_append_printf(detail, "%s%s", i == 0 ? "" : ", ",
                               (const char *)g_ptr_array_index(list, i));
    if (list->len > n)
        g_string_append_printf(detail, " and %u more", list->len - n);
    g_string_append(detail, what);
}

static char *describe(const UsbStoragePass *pass)
{
    GString *detail = g_string_new(NULL);

    append(detail, pass->violated, "");
    append(detail, pass->pending, "");
    append(detail, pass->refused, " refused");
    append(detail, pass->spared, "");
    append(detail, pass->lingering, "");
    if (detail->len == 0 && pass->hubs->len == 0)
        g_string_append(detail, "this system has no USB host controller");
    return g_string_free(detail, FALSE);
}

static Verdict decide_verdict(const UsbStoragePass *pass)
{
    if (pass->violated->len > 0)
        return VERDICT_VIOLATED;
    if (pass->pending->len > 0)
        return VERDICT_PENDING;
    return pass->spared->len > 0 ? VERDICT_PARTIAL : VERDICT_HOLDS;
}

void usb_storage_pass_report(const UsbStoragePass *pass, EnforcerReport *report)
{
    g_autofree char *detail = describe(pass);

    for (guint item = 0; item < CATALOG_N_ITEMS; item++) {
        if (!pass->plan->items[item].active ||
            catalog_items[item].effect != KERNEL_EFFECT_NO_USB_STORAGE)
            continue;
        enforcer_report_finding(report, item, decide_verdict(pass), "%s", detail);
        for (guint i = 0; i < pass->drifts->len; i++) {
            const UsbStorageDrift *drift = g_ptr_array_index(pass->drifts, i);
            enforcer_report_drift(report, item, drift->noticed, drift->repaired, "%s", drift->text);
        }
    }
    for (guint i = 0; i < pass->problems->len; i++)
        enforcer_report_problem(report, "%s", (const char *)g_ptr_array_index(pass->problems, i));
}
