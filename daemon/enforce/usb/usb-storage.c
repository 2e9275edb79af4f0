/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/enforce/attribute-watch.h"
#include "daemon/enforce/look-pace.h"
#include "daemon/enforce/usb/usb-alias-files.h"
#include "daemon/enforce/usb/usb-storage-defaults.h"
#include "daemon/enforce/usb/usb-storage-interfaces.h"
#include "daemon/enforce/usb/usb-storage-outcome.h"

/* A hub full of devices makes some dozens of signs. Whoever may open a device can have its drivers
 * let go and asked again without end. */
#define LOOKS_AT_ONCE    40u
#define LOOKS_PER_SECOND 20u

#define EFFECTS (1u << KERNEL_EFFECT_NO_USB_STORAGE)

typedef struct UsbStorage {
    Enforcer enforcer;
    sd_event *event;
    UeventMonitor *monitor;
    char *runtime_directory;
    UsbStorageState *state;
    GHashTable *busy; /* keys of jobs under way */
    LookPace pace;

    /* Only while the item holds or is being lifted. */
    UsbJobs *jobs;
    AttributeWatch *watch;
    UsbAliases *aliases;
    guint64 aliases_stamp;
    sd_event_source *mounts; /* only while something lingers */
} UsbStorage;

static void look_again(UsbStorage *storage)
{
    look_pace_note(&storage->pace);
}

static void on_attribute(gpointer data)
{
    look_again(data);
}

static gboolean is_idle(const UsbStorage *storage)
{
    return !storage->jobs && usb_storage_state_is_empty(storage->state);
}

/* That a driver lets go lets nothing in. */
static gboolean may_let_in(const Uevent *uevent)
{
    return !g_str_equal(uevent->action, "unbind") && !g_str_equal(uevent->action, "change");
}

static void on_usb(const Uevent *uevent, gpointer data)
{
    if (!is_idle(data) && (!uevent || may_let_in(uevent)))
        look_again(data);
}

/* All that matters is a disk on USB. */
static void on_block(const Uevent *uevent, gpointer data)
{
    if (!is_idle(data) && (!uevent || strstr(uevent->devpath, "/usb")))
        look_again(data);
}

/* Before the first controller's driver is loaded, the parameter is there to be set. */
static void on_module(const Uevent *uevent, gpointer data)
{
    if (!is_idle(data) && uevent && strcmp(uevent->devpath, "/module/usbcore") == 0)
        look_again(data);
}

/* Jobs come of looks, so that these are no more than those. */
static void on_job_done(const UsbJob *job, gpointer data)
{
    UsbStorage *storage = data;

    usb_storage_job_done(storage->state, job);
    g_hash_table_remove(storage->busy, job->key);
    enforcer_notify(&storage->enforcer);
}

static int on_mounts(sd_event_source *source, int fd, uint32_t events, void *data)
{
    look_again(data);
    return 0;
}

/* The kernel reports a change of this file as an urgent condition. */
static void watch_mounts(UsbStorage *storage, gboolean wanted)
{
    if (!wanted) {
        storage->mounts = sd_event_source_disable_unref(storage->mounts);
        return;
    }
    if (storage->mounts)
        return;
    const int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (sd_event_add_io(storage->event, &storage->mounts, fd, EPOLLPRI, on_mounts, storage) < 0)
        close(fd);
    else
        (void)sd_event_source_set_io_fd_own(storage->mounts, TRUE);
}

static void watch_attributes(UsbStorage *storage, const UsbStoragePass *pass)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    usb_storage_add_default_paths(pass, paths);
    usb_storage_add_interface_paths(pass, paths);
    g_ptr_array_add(paths, NULL);
    attribute_watch_set(storage->watch, (const char *const *)paths->pdata);
}

/* A kernel's modules may get new lists while it runs. */
static void read_aliases(UsbStorage *storage)
{
    g_autofree char *directory = usb_alias_files_directory(storage->runtime_directory);
    const guint64 stamp = usb_alias_files_stamp(directory);

    if (storage->aliases && stamp == storage->aliases_stamp)
        return;
    g_clear_pointer(&storage->aliases, usb_aliases_free);
    storage->aliases = usb_alias_files_read(directory);
    storage->aliases_stamp = stamp;
    usb_storage_state_reconsider(storage->state);
}

static gboolean prepare(UsbStorage *storage, GError **error)
{
    if (!storage->jobs)
        storage->jobs = usb_jobs_new(storage->event, on_job_done, storage, error);
    return storage->jobs != NULL;
}

static void rest(UsbStorage *storage)
{
    g_clear_pointer(&storage->jobs, usb_jobs_free);
    g_clear_pointer(&storage->watch, attribute_watch_free);
    g_clear_pointer(&storage->aliases, usb_aliases_free);
    watch_mounts(storage, FALSE);
}

/* On record before anything is done. */
static void submit(UsbStorage *storage, UsbStoragePass *pass)
{
    g_autoptr(GError) error = NULL;
    GHashTableIter iterator;
    gpointer key, job;

    if (!usb_storage_state_save(storage->state, &error))
        usb_storage_pass_say(pass->problems,
                             "What is done to USB storage now will stay after a restart of "
                             "secpold: %s",
                             error->message);
    g_hash_table_iter_init(&iterator, pass->jobs);
    while (g_hash_table_iter_next(&iterator, &key, &job)) {
        if (g_hash_table_contains(storage->busy, key))
            continue;
        g_hash_table_iter_steal(&iterator);
        g_hash_table_add(storage->busy, key);
        usb_jobs_submit(storage->jobs, job);
    }
}

/* Where nothing can be plugged in, nothing goes unseen. */
static void note_blindness(const UsbStorage *storage, UsbStoragePass *pass)
{
    g_autofree char *directory = usb_alias_files_directory(storage->runtime_directory);

    if (pass->hubs->len == 0)
        return;
    if (!storage->monitor)
        usb_storage_pass_say(pass->problems,
                             "What is plugged in is noticed late and does not work until then, as "
                             "the kernel's messages on devices cannot be had");
    if (!usb_alias_files_are_there(directory))
        usb_storage_pass_say(pass->problems,
                             "USB storage that does not say it is storage may have a disk for a "
                             "moment, as the kernel's modules.alias cannot be read in %s",
                             directory);
}

static void enforce(UsbStorage *storage, UsbStoragePass *pass)
{
    read_aliases(storage);
    pass->aliases = storage->aliases;
    if (!storage->watch)
        storage->watch = attribute_watch_new(storage->event, on_attribute, storage);

    usb_storage_shut(pass);
    usb_storage_pass_look(pass);
    usb_storage_pass_forget(pass);
    note_blindness(storage, pass);
    if (!storage->state->in_force)
        usb_storage_find_essential(pass);
    storage->state->in_force = TRUE;
    usb_storage_admit_devices(pass);
    usb_storage_enforce_interfaces(pass);
    watch_attributes(storage, pass);
    watch_mounts(storage, pass->lingering->len > 0);
    submit(storage, pass);
}

static void lift(UsbStorage *storage, UsbStoragePass *pass)
{
    watch_mounts(storage, FALSE);
    g_clear_pointer(&storage->watch, attribute_watch_free);
    usb_storage_open(pass);
    usb_storage_pass_look(pass);
    usb_storage_pass_forget(pass);
    usb_storage_admit_devices(pass);
    const gboolean done = usb_storage_lift_interfaces(pass);
    if (done && !pass->cut && pass->problems->len == 0 && g_hash_table_size(pass->jobs) == 0 &&
        g_hash_table_size(storage->busy) == 0)
        usb_storage_state_clear(storage->state);
    submit(storage, pass);
    if (usb_storage_state_is_empty(storage->state) && g_hash_table_size(storage->busy) == 0)
        rest(storage);
}

static gboolean is_asked_for(const Plan *plan)
{
    for (guint item = 0; item < CATALOG_N_ITEMS; item++)
        if (plan->items[item].active && catalog_items[item].effect == KERNEL_EFFECT_NO_USB_STORAGE)
            return TRUE;
    return FALSE;
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    UsbStorage *storage = (UsbStorage *)enforcer;
    const gboolean wanted = is_asked_for(plan);

    if (!wanted && is_idle(storage))
        return TRUE;
    if (!prepare(storage, error))
        return FALSE;
    g_autoptr(UsbStoragePass) pass = usb_storage_pass_new(plan, storage->state);
    pass->noticed = look_pace_take(&storage->pace);
    pass->busy = storage->busy;
    if (wanted)
        enforce(storage, pass);
    else
        lift(storage, pass);
    usb_storage_pass_report(pass, report);
    return TRUE;
}

static void discard(Enforcer *enforcer)
{
    UsbStorage *storage = (UsbStorage *)enforcer;

    uevent_monitor_remove(storage->monitor, storage);
    rest(storage);
    look_pace_clear(&storage->pace);
    usb_storage_state_free(storage->state);
    g_hash_table_unref(storage->busy);
    g_free(storage->runtime_directory);
    g_free(storage);
}

static const EnforcerClass usb_storage_class = {
    .name = "usb-storage",
    .effects = EFFECTS,
    .reconcile = reconcile,
    .free = discard,
};

Enforcer *usb_storage_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory)
{
    UsbStorage *storage = g_new0(UsbStorage, 1);

    storage->enforcer.class = &usb_storage_class;
    storage->event = event;
    storage->monitor = monitor;
    storage->runtime_directory = g_strdup(runtime_directory);
    storage->state = usb_storage_state_load(runtime_directory);
    storage->busy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    look_pace_init(&storage->pace, event, &storage->enforcer, LOOKS_AT_ONCE, LOOKS_PER_SECOND);
    uevent_monitor_add(monitor, "usb", on_usb, storage);
    uevent_monitor_add(monitor, "block", on_block, storage);
    uevent_monitor_add(monitor, "module", on_module, storage);
    return &storage->enforcer;
}
