/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb-gadget.h"

#include <time.h>

#include "daemon/enforce/gadget-restore.h"
#include "daemon/enforce/usb-gadget-pass.h"

/* Every pass made on account of uevents is paid for with this much time, up to so much on credit.
 */
#define INTERVAL_USEC (G_TIME_SPAN_SECOND / USB_GADGET_ANSWERS_PER_SECOND)
#define CREDIT_USEC   ((USB_GADGET_ANSWERS_AT_ONCE - 1) * INTERVAL_USEC)

/* Who then pauses for as long as this is done with it. */
#define OVERRUN_USEC G_TIME_SPAN_SECOND

/* What is refused is tried again this often, with the worker's growing pauses: a function may need
 * a moment until its process is back. */
#define RESTORE_ATTEMPTS 6u

typedef struct UsbGadget {
    Enforcer base;
    sd_event *event;
    UeventMonitor *monitor;
    sd_event_source *later; /* a look that was put off */
    RunRecord *record;
    char *configfs; /* where it was last seen */
    gboolean active;
    gboolean in_force; /* as of the last pass */
    GStrv exempt;      /* as of the last pass */
    gint64 noticed;    /* the first sign since the last pass, or 0 */
    gint64 paid_until; /* when the passes made on account of uevents are paid for */
    gint64 overrun_until;
    guint restore_attempts;
} UsbGadget;

static int on_later(sd_event_source *source, uint64_t usec, void *data)
{
    enforcer_notify(data);
    return 0;
}

/* A look that cannot be put off is not put off. */
static void look_later(UsbGadget *gadgets, gint64 when)
{
    const guint64 usec = (guint64)MAX(when, 0);
    int r;

    if (!gadgets->later)
        r = sd_event_add_time(gadgets->event, &gadgets->later, CLOCK_MONOTONIC, usec, 1000,
                              on_later, gadgets);
    else if ((r = sd_event_source_set_time(gadgets->later, usec)) >= 0)
        r = sd_event_source_set_enabled(gadgets->later, SD_EVENT_ONESHOT);
    if (r < 0)
        enforcer_notify(&gadgets->base);
}

/* Letting go asks for nothing. */
static gboolean is_of_interest(const Uevent *uevent)
{
    if (g_str_equal(uevent->subsystem, "udc"))
        return !g_str_equal(uevent->action, "change") || uevent_get(uevent, "USB_UDC_DRIVER");
    if (g_str_equal(uevent->subsystem, "gadget"))
        return !g_str_equal(uevent->action, "unbind");
    return g_str_equal(uevent->devpath, "/bus/gadget");
}

static void on_uevent(const Uevent *uevent, gpointer data)
{
    UsbGadget *gadgets = data;
    const gboolean awaited = gadgets->active || !gadget_memory_is_empty(gadgets->record);

    if (!awaited || gadgets->noticed != 0 || (uevent && !is_of_interest(uevent)))
        return;
    gadgets->noticed = g_get_monotonic_time();
    if (gadgets->noticed + CREDIT_USEC >= gadgets->paid_until)
        enforcer_notify(&gadgets->base);
    else
        look_later(gadgets, gadgets->paid_until - CREDIT_USEC);
}

/* Ends the wait for a pass and returns since when there was one. */
static gint64 take_noticed(UsbGadget *gadgets)
{
    const gint64 now = g_get_monotonic_time();
    const gint64 noticed = gadgets->noticed;

    if (gadgets->later)
        sd_event_source_set_enabled(gadgets->later, SD_EVENT_OFF);
    if (noticed != 0)
        gadgets->paid_until = MAX(gadgets->paid_until, now) + INTERVAL_USEC;
    gadgets->noticed = 0;
    return noticed != 0 ? noticed : now;
}

static gboolean is_overrun(const UsbGadget *gadgets)
{
    return g_get_monotonic_time() < gadgets->overrun_until;
}

/* Something was bound while no credit was left, so that it stayed so until there was some. */
static void note_overrun(UsbGadget *gadgets)
{
    const gint64 now = g_get_monotonic_time();

    if (gadgets->paid_until > now + CREDIT_USEC - INTERVAL_USEC)
        gadgets->overrun_until = now + OVERRUN_USEC;
}

static GadgetSurvey *look(UsbGadget *gadgets)
{
    g_autofree char *directory =
        gadgets->configfs ? g_build_filename(gadgets->configfs, "usb_gadget", NULL) : NULL;

    if (!directory || !g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        g_free(gadgets->configfs);
        gadgets->configfs = configfs_find_mount_point();
    }
    return gadget_survey_new(GADGET_SYSFS, gadgets->configfs);
}

static guint own_item(void)
{
    return (guint)catalog_item_index(catalog_find_item("ProhibitUsbDevice"));
}

static void report_problems(const UsbGadget *gadgets, const UsbGadgetPass *pass,
                            EnforcerReport *report)
{
    if (!gadgets->monitor)
        enforcer_report_problem(report, "A USB gadget that somebody binds is noticed late, as the "
                                        "kernel's messages on devices cannot be had");
    if (pass->bus_refusal)
        enforcer_report_problem(report,
                                "The USB gadget bus cannot be told what to bind by itself, so that "
                                "gadgets are there for a moment, or are missing later: %s",
                                pass->bus_refusal->message);
    if (pass->record_error)
        enforcer_report_problem(report,
                                "USB gadgets that are unbound now will stay so after a restart of "
                                "secpold: %s",
                                pass->record_error->message);
}

static void report_finding(UsbGadget *gadgets, const UsbGadgetPass *pass, EnforcerReport *report)
{
    g_autofree char *detail = usb_gadget_pass_describe(pass);
    const gboolean bound = usb_gadget_pass_any_bound(pass);
    const gboolean overrun = is_overrun(gadgets);

    gadgets->in_force = !bound;
    if (bound || overrun)
        enforcer_report_finding(report, own_item(), VERDICT_VIOLATED, "%s%s", detail,
                                overrun ? "; something binds gadgets without a pause and has them "
                                          "for moments"
                                        : "");
    else
        enforcer_report_finding(report, own_item(),
                                usb_gadget_pass_any_exempt(pass) ? VERDICT_PARTIAL : VERDICT_HOLDS,
                                "%s", detail);
    /* To say when it is over. */
    if (overrun)
        look_later(gadgets, gadgets->overrun_until);
}

/* What was exempt until now is nobody's doing. */
static gboolean was_in_force(const UsbGadget *gadgets, const Plan *plan)
{
    return gadgets->in_force && g_strv_equal((const char *const *)gadgets->exempt,
                                             (const char *const *)plan->exempt_udcs);
}

static void enforce(UsbGadget *gadgets, const Plan *plan, gint64 noticed, EnforcerReport *report)
{
    const gboolean expected = was_in_force(gadgets, plan);
    g_auto(UsbGadgetPass) pass = {0};

    usb_gadget_pass_run(&pass, plan, gadgets->record, look(gadgets));
    if (pass.found->len > 0)
        note_overrun(gadgets);
    report_finding(gadgets, &pass, report);
    report_problems(gadgets, &pass, report);
    g_strfreev(gadgets->exempt);
    gadgets->exempt = g_strdupv(plan->exempt_udcs);
    /* Ten messages a second tell no more than the state does. */
    if (!expected || is_overrun(gadgets))
        return;
    for (guint i = 0; i < pass.found->len; i++)
        enforcer_report_drift(report, own_item(), noticed, gadgets->in_force, "%s",
                              (const char *)g_ptr_array_index(pass.found, i));
}

static void lift(UsbGadget *gadgets, EnforcerReport *report)
{
    g_autoptr(GError) refusal = NULL;
    g_autoptr(GError) record_error = NULL;

    gadgets->in_force = FALSE;
    if (gadget_memory_is_empty(gadgets->record)) {
        gadgets->restore_attempts = 0;
        run_record_save(gadgets->record, NULL);
        return;
    }
    g_autoptr(GadgetSurvey) survey = look(gadgets);
    if (gadget_restore(gadgets->record, survey, &refusal))
        gadgets->restore_attempts = 0;
    else if (++gadgets->restore_attempts >= RESTORE_ATTEMPTS)
        gadget_restore_abandon(gadgets->record, survey);
    if (refusal)
        enforcer_report_problem(report, "%s", refusal->message);
    if (!run_record_save(gadgets->record, &record_error))
        enforcer_report_problem(report,
                                "USB gadgets may be bound again after a restart of secpold: %s",
                                record_error->message);
}

static gboolean reconcile(Enforcer *enforcer, const Plan *plan, EnforcerReport *report,
                          GError **error)
{
    UsbGadget *gadgets = (UsbGadget *)enforcer;
    const gint64 noticed = take_noticed(gadgets);

    gadgets->active = plan->items[own_item()].active;
    if (gadgets->active)
        enforce(gadgets, plan, noticed, report);
    else
        lift(gadgets, report);
    return TRUE;
}

static void discard(Enforcer *enforcer)
{
    UsbGadget *gadgets = (UsbGadget *)enforcer;

    uevent_monitor_remove(gadgets->monitor, gadgets);
    sd_event_source_disable_unref(gadgets->later);
    sd_event_unref(gadgets->event);
    run_record_free(gadgets->record);
    g_free(gadgets->configfs);
    g_strfreev(gadgets->exempt);
    g_free(gadgets);
}

static const EnforcerClass usb_gadget_class = {
    .name = "usb-device",
    .effects = 1U << KERNEL_EFFECT_NO_USB_DEVICE,
    .reconcile = reconcile,
    .free = discard,
};

Enforcer *usb_gadget_new(sd_event *event, UeventMonitor *monitor, const char *runtime_directory)
{
    UsbGadget *gadgets = g_new0(UsbGadget, 1);

    gadgets->base.class = &usb_gadget_class;
    gadgets->event = sd_event_ref(event);
    gadgets->monitor = monitor;
    gadgets->record = run_record_new(runtime_directory, USB_GADGET_RECORD);
    uevent_monitor_add(monitor, "udc", on_uevent, gadgets);
    uevent_monitor_add(monitor, "gadget", on_uevent, gadgets);
    uevent_monitor_add(monitor, "bus", on_uevent, gadgets);
    return &gadgets->base;
}
