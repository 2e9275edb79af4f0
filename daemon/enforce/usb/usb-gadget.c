/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-gadget.h"

#include "daemon/enforce/look-pace.h"
#include "daemon/enforce/usb/gadget-restore.h"
#include "daemon/enforce/usb/usb-gadget-pass.h"

/* What is found bound is worth an answer this often. */
#define ANSWER_USEC (G_TIME_SPAN_SECOND / USB_GADGET_ANSWERS_PER_SECOND)

/* Who has bound without a pause is done with it after one of this length. */
#define OVERRUN_USEC G_TIME_SPAN_SECOND

/* What is refused is tried again this often, with the worker's growing pauses: a function may need
 * a moment until its process is back. */
#define RESTORE_ATTEMPTS 6u

typedef struct UsbGadget {
    Enforcer base;
    UeventMonitor *monitor;
    LookPace pace;
    RunRecord *record;
    char *configfs; /* where it was last seen */
    gboolean active;
    gboolean in_force;     /* as of the last pass */
    GStrv exempt;          /* as of the last pass */
    gint64 answered_until; /* when all that was found bound would be answered for */
    gint64 overrun_until;
    guint restore_attempts;
} UsbGadget;

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

    if (awaited && (!uevent || is_of_interest(uevent)))
        look_pace_note(&gadgets->pace);
}

static gboolean is_overrun(const UsbGadget *gadgets)
{
    return g_get_monotonic_time() < gadgets->overrun_until;
}

/* One pass may meet several in the place of each other, so it is they that count. */
static void note_overrun(UsbGadget *gadgets, guint n_found)
{
    const gint64 now = g_get_monotonic_time();

    gadgets->answered_until = MAX(gadgets->answered_until, now) + n_found * ANSWER_USEC;
    if (gadgets->answered_until <= now + USB_GADGET_ANSWERS_AT_ONCE * ANSWER_USEC)
        return;
    gadgets->answered_until = now + USB_GADGET_ANSWERS_AT_ONCE * ANSWER_USEC;
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
        look_pace_look_at(&gadgets->pace, gadgets->overrun_until);
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
    note_overrun(gadgets, pass.found->len);
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
    const gint64 noticed = look_pace_take(&gadgets->pace);

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
    look_pace_clear(&gadgets->pace);
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
    gadgets->monitor = monitor;
    look_pace_init(&gadgets->pace, event, &gadgets->base, USB_GADGET_ANSWERS_AT_ONCE,
                   USB_GADGET_ANSWERS_PER_SECOND);
    gadgets->record = run_record_new(runtime_directory, USB_GADGET_RECORD);
    uevent_monitor_add(monitor, "udc", on_uevent, gadgets);
    uevent_monitor_add(monitor, "gadget", on_uevent, gadgets);
    uevent_monitor_add(monitor, "bus", on_uevent, gadgets);
    return &gadgets->base;
}
