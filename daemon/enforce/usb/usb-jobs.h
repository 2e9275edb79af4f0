/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done to USB devices away from the event loop, for it may take long: to authorize, probe
 * or take away an interface waits for the lock of its device, which one that does not answer holds
 * for seconds; so does reading its name; and to write out a file system takes what it takes.
 *
 * A job is run by a thread of its own, its steps in order. Jobs beyond USB_JOBS_MAX_RUNNING wait,
 * but those that take something away come before all others, and there is one thread more for them.
 */
#pragma once

#include <systemd/sd-event.h>

#include <glib.h>

/* With the one, half of what the service may have in all (TasksMax=). */
#define USB_JOBS_MAX_RUNNING 7

typedef enum UsbStepKind {
    USB_STEP_WRITE_OUT,       /* @name: a mount point; never fails */
    USB_STEP_REFUSE,          /* an interface loses its authorization and with it its driver */
    USB_STEP_ALLOW,           /* an interface is authorized */
    USB_STEP_PROBE,           /* drivers are asked for an interface */
    USB_STEP_PROBE_CAREFULLY, /* the same, but none that makes block devices */
    USB_STEP_ALLOW_DEVICE,    /* a device is authorized */
    USB_STEP_READ_LABEL,      /* @label becomes "SanDisk Ultra", "0951:1666" */
} UsbStepKind;

typedef struct UsbStep {
    UsbStepKind kind;
    char *name; /* of the interface or device */
    guint64 id;
    char *label;   /* result, not yet sanitized */
    GError *error; /* result; NULL where the step was done, or the thing is gone */
} UsbStep;

typedef struct UsbJob {
    char *key;     /* for the one who submits it */
    GArray *steps; /* element type UsbStep */
} UsbJob;

UsbJob *usb_job_new(const char *key);
void usb_job_free(UsbJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbJob, usb_job_free)
void usb_job_add(UsbJob *job, UsbStepKind kind, const char *name, guint64 id);

typedef struct UsbJobs UsbJobs;

/* From the event loop; @job is borrowed. */
typedef void (*UsbJobDone)(const UsbJob *job, gpointer data);

UsbJobs *usb_jobs_new(sd_event *event, UsbJobDone done, gpointer data, GError **error);

/* Does not wait for threads: what runs goes on to its end, and nobody is told. */
void usb_jobs_free(UsbJobs *jobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UsbJobs, usb_jobs_free)

/* Takes @job. */
void usb_jobs_submit(UsbJobs *jobs, UsbJob *job);
