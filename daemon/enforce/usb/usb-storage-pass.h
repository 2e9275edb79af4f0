/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at the USB tree: what was seen, what is to be done, what there is to say. */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/usb/usb-jobs.h"
#include "daemon/enforce/usb/usb-storage-state.h"

typedef struct UsbStoragePass {
    const Plan *plan;
    gint64 noticed;            /* CLOCK_MONOTONIC microseconds of the first sign that caused it */
    UsbStorageState *state;    /* borrowed */
    const GHashTable *busy;    /* borrowed; keys are devices with a job under way */
    const UsbAliases *aliases; /* borrowed; NULL where the item is off */

    char *parameter;       /* what the state had for it when the pass began, or NULL */
    GPtrArray *hubs;       /* element type UsbNode */
    GPtrArray *devices;    /* element type UsbNode */
    GPtrArray *interfaces; /* element type UsbNode */
    GPtrArray *mounts;     /* element type UsbMount; NULL until it is asked for */
    GHashTable *disks;     /* by interface: name of a block device on it */
    gboolean cut;          /* there is more than was looked at */

    GHashTable *jobs; /* by device; element type UsbJob: to be submitted */

    /* For the finding; element type char. */
    GPtrArray *violated;
    GPtrArray *pending;
    GPtrArray *refused;
    GPtrArray *spared;
    GPtrArray *lingering;

    GPtrArray *drifts;   /* element type UsbStorageDrift */
    GPtrArray *problems; /* element type char */
} UsbStoragePass;

typedef struct UsbStorageDrift {
    gint64 noticed;
    gboolean repaired;
    char *text;
} UsbStorageDrift;

UsbStoragePass *usb_storage_pass_new(const Plan *plan, UsbStorageState *state);
void usb_storage_pass_free(UsbStoragePass *pass);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbStoragePass, usb_storage_pass_free)

/* Looks at devices, interfaces and disks; hubs are read when they are shut. */
void usb_storage_pass_look(UsbStoragePass *pass);

void usb_storage_pass_say(GPtrArray *list, const char *format, ...) G_GNUC_PRINTF(2, 3);
void usb_storage_pass_add_drift(UsbStoragePass *pass, gint64 noticed, gboolean repaired,
                                const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Has the state forget what is gone. What was not looked at may still be there, so that nothing is
 * forgotten then, and the item is violated. */
void usb_storage_pass_forget(UsbStoragePass *pass);

/* The step is done once the pass is over. */
void usb_storage_pass_add_step(UsbStoragePass *pass, UsbStepKind kind, const char *name,
                               guint64 id);

/* Whether an interface of this device is about to be allowed. */
gboolean usb_storage_pass_allows(const UsbStoragePass *pass, const char *device);

/* Whether a job is under way for the device of the interface. */
gboolean usb_storage_pass_is_busy(const UsbStoragePass *pass, const char *interface);

/* Turns all this into findings, drifts and problems. */
void usb_storage_pass_report(const UsbStoragePass *pass, EnforcerReport *report);
