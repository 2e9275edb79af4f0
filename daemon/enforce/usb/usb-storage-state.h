/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What secpold knows of the USB tree that the tree itself does not show: who closed what, and how
 * it was before. Kept in a run record, so that a secpold started anew goes on where the last one
 * stopped. Things are known by name and id (see usb-tree.h).
 */
#pragma once

#include "daemon/enforce/run-record.h"
#include "daemon/enforce/usb/usb-storage-decision.h"
#include "daemon/enforce/usb/usb-tree.h"

/* A root hub whose interfaces start unauthorized because of secpold. */
typedef struct UsbHubState {
    char *name;
    guint64 id;
    gboolean original; /* interface_authorized_default as it was found */
    gboolean shut;     /* came while secpold kept controllers shut, and has not been opened yet */
    gboolean opened;   /* ... and has been: what was plugged in meanwhile waits for authorization */
} UsbHubState;

typedef enum UsbInterfaceStatus {
    USB_INTERFACE_NEW,      /* not dealt with yet; not recorded, so that it is new again */
    USB_INTERFACE_LEFT,     /* looked at; what becomes of it is not secpold's doing */
    USB_INTERFACE_REFUSED,  /* unauthorized because of secpold */
    USB_INTERFACE_ALLOWING, /* on its way from unauthorized to having a driver */
    USB_INTERFACE_SPARED,   /* storage that the machine itself runs from */
} UsbInterfaceStatus;

typedef struct UsbInterfaceState {
    char *name;
    guint64 id;
    UsbInterfaceStatus status;
    char *use;         /* of a spared one: "/var" */
    GPtrArray *mounts; /* element type char: "MAJOR:MINOR POINT" of what was mounted when it went */

    /* Not recorded. */
    gboolean decided;
    UsbStorageReason reason;
    gboolean heir;          /* some of @mounts are of what had the name before */
    gboolean refusing;      /* a job that takes it away is under way */
    gboolean confirmed;     /* REFUSED, and read back so */
    gboolean written_out;   /* or no time left for it */
    gint64 write_out_since; /* CLOCK_MONOTONIC microseconds; 0: not begun */
    gint64 changed;         /* when someone was first seen to have authorized it again; 0: no one */
    char *label;            /* "SanDisk Ultra" or NULL */
    char *error;            /* why the last step failed, or NULL */
    gint64 not_before;      /* when it may be tried again; CLOCK_MONOTONIC microseconds */
} UsbInterfaceState;

/* A device that could not be authorized. Not recorded. */
typedef struct UsbDeviceFailure {
    guint64 id;
    char *error;
    gint64 not_before; /* when it may be tried again; CLOCK_MONOTONIC microseconds */
} UsbDeviceFailure;

typedef struct UsbStorageState {
    RunRecord *record;
    gboolean in_force;      /* the item has taken effect, and what is essential is known */
    char *parameter;        /* usbcore's authorized_default as it was found, or NULL: not changed */
    GHashTable *hubs;       /* by name; element type UsbHubState */
    GHashTable *interfaces; /* by name; element type UsbInterfaceState */
    GHashTable *devices;    /* by name; those of opened hubs that were authorized or seen so; id */
    GHashTable *failures;   /* by name; element type UsbDeviceFailure */
} UsbStorageState;

UsbStorageState *usb_storage_state_load(const char *runtime_directory);
void usb_storage_state_free(UsbStorageState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbStorageState, usb_storage_state_free)

/* Writes the record where it changed. Errors: G_FILE_ERROR. */
gboolean usb_storage_state_save(UsbStorageState *state, GError **error);

/* Forgets everything. */
void usb_storage_state_clear(UsbStorageState *state);
gboolean usb_storage_state_is_empty(const UsbStorageState *state);

/* NULL where none is known, or another thing of that name. Borrowed. */
UsbHubState *usb_storage_state_hub(const UsbStorageState *state, const char *name, guint64 id);
UsbInterfaceState *usb_storage_state_interface(const UsbStorageState *state, const char *name,
                                               guint64 id);

/* Takes the place of what had the name before, and over what is still mounted from it. Borrowed. */
UsbHubState *usb_storage_state_add_hub(UsbStorageState *state, const char *name, guint64 id);
UsbInterfaceState *usb_storage_state_add_interface(UsbStorageState *state, const char *name,
                                                   guint64 id);

gboolean usb_storage_state_knows_device(const UsbStorageState *state, const char *name, guint64 id);
void usb_storage_state_add_device(UsbStorageState *state, const char *name, guint64 id);

/* Until usb_storage_state_add_device(), or the device is gone. */
void usb_storage_state_add_failure(UsbStorageState *state, const char *name, guint64 id,
                                   const char *message, gint64 not_before);
const UsbDeviceFailure *usb_storage_state_failure(const UsbStorageState *state, const char *name,
                                                  guint64 id);

/* Has every interface decided anew: what was known of ids has changed. */
void usb_storage_state_reconsider(UsbStorageState *state);

/* Forgets what is not in one of these lists (element type UsbNode) any more. */
void usb_storage_state_keep(UsbStorageState *state, const GPtrArray *hubs, const GPtrArray *devices,
                            const GPtrArray *interfaces);
