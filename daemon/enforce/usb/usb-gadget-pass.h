/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at all UDCs, what is taken off them, and what is said of it. */
#pragma once

#include "daemon/enforce/enforcer.h"
#include "daemon/enforce/usb/gadget-memory.h"

typedef struct UsbGadgetPass {
    const Plan *plan;
    RunRecord *record;
    GadgetSurvey *survey; /* as last read */
    GPtrArray *found;     /* element type char: what was not as it has to be */
    GError *refusal;      /* what a UDC or gadget last had against letting go */
    GError *bus_refusal;
    GError *record_error;
} UsbGadgetPass;

void usb_gadget_pass_clear(UsbGadgetPass *pass);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UsbGadgetPass, usb_gadget_pass_clear)

/* Starts from @survey, which it takes. On return @pass says what is now. */
void usb_gadget_pass_run(UsbGadgetPass *pass, const Plan *plan, RunRecord *record,
                         GadgetSurvey *survey);

/* Whether any UDC but an exempt one is bound. */
gboolean usb_gadget_pass_any_bound(const UsbGadgetPass *pass);
/* Whether a UDC is left alone on account of the device profile. */
gboolean usb_gadget_pass_any_exempt(const UsbGadgetPass *pass);

/* What there is to say of every UDC. Free with g_free(). */
char *usb_gadget_pass_describe(const UsbGadgetPass *pass);
