/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-outcome.h"

#include <string.h>

#include "daemon/policy/text.h"

/* The reconciler looks again after a tenth of a second, and then less and less often. */
#define RETRY_USEC (50 * G_TIME_SPAN_MILLISECOND)

static gint64 next_try(void)
{
    return g_get_monotonic_time() + RETRY_USEC;
}

static void take_device_step(UsbStorageState *state, const UsbStep *step)
{
    if (step->error)
        usb_storage_state_add_failure(state, step->name, step->id, step->error->message,
                                      next_try());
    else
        usb_storage_state_add_device(state, step->name, step->id);
}

static void take_interface_step(UsbInterfaceState *interface, const UsbStep *step)
{
    if (step->kind == USB_STEP_REFUSE)
        interface->refusing = FALSE;
    if (step->error) {
        g_free(interface->error);
        interface->error = g_strdup(step->error->message);
        interface->not_before = next_try();
    }
    if (step->kind == USB_STEP_READ_LABEL) {
        g_free(interface->label);
        interface->label =
            text_sanitize(step->label ? step->label : "no name", USB_STORAGE_LABEL_MAX_BYTES);
    } else if (step->kind != USB_STEP_REFUSE && step->kind != USB_STEP_ALLOW && !step->error &&
               interface->status == USB_INTERFACE_ALLOWING) {
        interface->status = USB_INTERFACE_LEFT;
        g_clear_pointer(&interface->error, g_free);
    }
}

void usb_storage_job_done(UsbStorageState *state, const UsbJob *job)
{
    if (g_str_has_prefix(job->key, USB_STORAGE_WRITE_OUT_PREFIX)) {
        UsbInterfaceState *interface =
            g_hash_table_lookup(state->interfaces, job->key + strlen(USB_STORAGE_WRITE_OUT_PREFIX));
        if (interface)
            interface->written_out = TRUE;
        return;
    }
    for (guint i = 0; i < job->steps->len; i++) {
        const UsbStep *step = &g_array_index(job->steps, UsbStep, i);
        UsbInterfaceState *interface = usb_storage_state_interface(state, step->name, step->id);
        if (step->kind == USB_STEP_ALLOW_DEVICE)
            take_device_step(state, step);
        else if (interface)
            take_interface_step(interface, step);
    }
}
