/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-gadget-pass.h"

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/gadget-control.h"
#include "daemon/policy/hardware-name.h"

/* One gadget may take the place of another that was unbound; who does that often is met by the next
 * pass. */
#define ROUNDS 4

void usb_gadget_pass_clear(UsbGadgetPass *pass)
{
    gadget_survey_free(pass->survey);
    g_clear_pointer(&pass->found, g_ptr_array_unref);
    g_clear_error(&pass->refusal);
    g_clear_error(&pass->bus_refusal);
    g_clear_error(&pass->record_error);
}

static gboolean is_exempt(const UsbGadgetPass *pass, const Udc *udc)
{
    return hardware_name_matches((const char *const *)pass->plan->exempt_udcs, udc->name,
                                 udc->path);
}

static gboolean is_to_be_freed(const UsbGadgetPass *pass, const Udc *udc)
{
    return udc_is_bound(udc) && !is_exempt(pass, udc);
}

/* A gadget that would be bound as soon as its UDC comes, or believes to be bound though the bus has
 * unbound it. */
static gboolean is_waiting(const UsbGadgetPass *pass, const Gadget *gadget)
{
    if (!*gadget->udc)
        return FALSE;
    const Udc *udc = gadget_survey_find_udc(pass->survey, gadget->udc);
    if (udc)
        return !udc_is_bound(udc) && !is_exempt(pass, udc);
    return !hardware_name_matches((const char *const *)pass->plan->exempt_udcs, gadget->udc, NULL);
}

static void note_found(UsbGadgetPass *pass, const Udc *udc)
{
    g_autoptr(Taken) taken = taken_from_udc(pass->survey, udc);

    if (taken && taken->kind == TAKEN_GADGET)
        g_ptr_array_add(pass->found,
                        g_strdup_printf("gadget %s had been bound to %s", taken->name, udc->name));
    else
        g_ptr_array_add(pass->found,
                        g_strdup_printf("%s had been bound to %s",
                                        udc->driver ? udc->driver : udc->function, udc->name));
}

/* Before anything is changed, so that the record names everything that may have been. */
static void remember(UsbGadgetPass *pass)
{
    for (guint i = 0; i < pass->survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(pass->survey->udcs, i);
        g_autoptr(Taken) taken = taken_from_udc(pass->survey, udc);
        if (taken && is_to_be_freed(pass, udc))
            gadget_memory_add(pass->record, pass->survey, taken);
    }
    for (guint i = 0; i < pass->survey->gadgets->len; i++) {
        const Gadget *gadget = g_ptr_array_index(pass->survey->gadgets, i);
        const Taken taken = {TAKEN_GADGET, gadget->name, gadget->udc};
        if (is_waiting(pass, gadget))
            gadget_memory_add(pass->record, pass->survey, &taken);
    }
    g_clear_error(&pass->record_error);
    run_record_save(pass->record, &pass->record_error);
}

static void free_udc(UsbGadgetPass *pass, const Udc *udc)
{
    g_autoptr(GError) refusal = NULL;

    note_found(pass, udc);
    if (gadget_free_udc(pass->survey, udc, &refusal) || sysfs_error_is_gone(refusal))
        return;
    g_clear_error(&pass->refusal);
    pass->refusal = g_steal_pointer(&refusal);
}

static gboolean free_waiting(UsbGadgetPass *pass, const Gadget *gadget)
{
    if (!gadget_unbind(pass->survey, gadget->name, NULL))
        return FALSE;
    /* UDCs are looked at before gadgets: it was bound in between. */
    if (gadget_survey_find_udc(pass->survey, gadget->udc))
        g_ptr_array_add(pass->found, g_strdup_printf("gadget %s had been bound to %s", gadget->name,
                                                     gadget->udc));
    return TRUE;
}

/* Whether there was something to do. */
static gboolean free_all(UsbGadgetPass *pass)
{
    gboolean any = FALSE;

    for (guint i = 0; i < pass->survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(pass->survey->udcs, i);
        if (!is_to_be_freed(pass, udc))
            continue;
        any = TRUE;
        free_udc(pass, udc);
    }
    for (guint i = 0; i < pass->survey->gadgets->len; i++) {
        const Gadget *gadget = g_ptr_array_index(pass->survey->gadgets, i);
        if (is_waiting(pass, gadget) && free_waiting(pass, gadget))
            any = TRUE;
    }
    return any;
}

static gboolean close_bus(UsbGadgetPass *pass)
{
    if (gadget_memory_bus_is_closed(pass->record))
        g_ptr_array_add(pass->found,
                        g_strdup("the gadget bus had been told to bind drivers by itself"));
    gadget_memory_close_bus(pass->record, pass->survey);
    run_record_save(pass->record, NULL);
    g_clear_error(&pass->bus_refusal);
    return gadget_bus_set_autoprobe(pass->survey, FALSE, &pass->bus_refusal);
}

static gboolean open_bus(UsbGadgetPass *pass)
{
    g_clear_error(&pass->bus_refusal);
    if (!pass->survey->autoprobe &&
        !gadget_bus_set_autoprobe(pass->survey, TRUE, &pass->bus_refusal))
        return FALSE;
    gadget_memory_open_bus(pass->record);
    return TRUE;
}

/* Whether the bus is another than before. Closed it would bind nothing to an exempt UDC either. */
static gboolean settle_bus(UsbGadgetPass *pass)
{
    const gboolean closable = !pass->plan->exempt_udcs || !pass->plan->exempt_udcs[0];

    if (!pass->survey->has_bus)
        return FALSE;
    if (closable)
        return pass->survey->autoprobe && close_bus(pass);
    return gadget_memory_bus_is_closed(pass->record) && open_bus(pass);
}

void usb_gadget_pass_run(UsbGadgetPass *pass, const Plan *plan, RunRecord *record,
                         GadgetSurvey *survey)
{
    *pass = (UsbGadgetPass){.plan = plan, .record = record, .survey = survey};
    pass->found = g_ptr_array_new_with_free_func(g_free);

    for (guint round = 0; round < ROUNDS; round++) {
        const gboolean settled = settle_bus(pass);
        remember(pass);
        if (!free_all(pass) && !settled)
            return;
        GadgetSurvey *now = gadget_survey_again(pass->survey);
        gadget_survey_free(pass->survey);
        pass->survey = now;
    }
}

gboolean usb_gadget_pass_any_bound(const UsbGadgetPass *pass)
{
    for (guint i = 0; i < pass->survey->udcs->len; i++)
        if (is_to_be_freed(pass, g_ptr_array_index(pass->survey->udcs, i)))
            return TRUE;
    return FALSE;
}

gboolean usb_gadget_pass_any_exempt(const UsbGadgetPass *pass)
{
    for (guint i = 0; i < pass->survey->udcs->len; i++)
        if (is_exempt(pass, g_ptr_array_index(pass->survey->udcs, i)))
            return TRUE;
    return FALSE;
}

static const char *kind_of(const Taken *taken)
{
    return taken->kind == TAKEN_GADGET ? "gadget " : "";
}

static char *describe(const UsbGadgetPass *pass, const Udc *udc)
{
    const char *bound = udc->function ? udc->function : udc->driver;

    if (is_exempt(pass, udc))
        return bound ? g_strdup_printf("%s: left to %s by the device profile", udc->name, bound)
                     : g_strdup_printf("%s: left alone by the device profile", udc->name);
    if (bound)
        return g_strdup_printf("%s: %s stays bound%s%s", udc->name, bound,
                               pass->refusal ? ": " : "",
                               pass->refusal ? pass->refusal->message : "");
    g_autoptr(Taken) taken = gadget_memory_find_udc(pass->record, udc->name);
    return taken ? g_strdup_printf("%s: %s%s unbound", udc->name, kind_of(taken), taken->name)
                 : g_strdup_printf("%s: free", udc->name);
}

/* What waits for a UDC that is not there. */
static void describe_absent(const UsbGadgetPass *pass, GPtrArray *parts)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(pass->record);

    for (guint i = 0; i < all->len; i++) {
        const Taken *taken = g_ptr_array_index(all, i);
        if (!gadget_survey_find_udc(pass->survey, taken->udc))
            g_ptr_array_add(parts, g_strdup_printf("%s (not there): %s%s unbound", taken->udc,
                                                   kind_of(taken), taken->name));
    }
}

char *usb_gadget_pass_describe(const UsbGadgetPass *pass)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

    if (pass->survey->udcs->len == 0)
        g_ptr_array_add(parts, g_strdup("this system has no USB device controller"));
    for (guint i = 0; i < pass->survey->udcs->len; i++)
        g_ptr_array_add(parts, describe(pass, g_ptr_array_index(pass->survey->udcs, i)));
    describe_absent(pass, parts);
    g_ptr_array_add(parts, NULL);
    return g_strjoinv("; ", (char **)parts->pdata);
}
