/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What secpold has to put back about gadgets once it may: which it took off which UDC, whether it
 * keeps the gadget bus from binding, and which drivers were idle before it did. Kept in a
 * RunRecord. Of several gadgets that somebody bound to one UDC in turn, the first counts, as it
 * would have had the UDC all the time; so does the first UDC of a gadget.
 */
#pragma once

#include "daemon/enforce/run-record.h"
#include "daemon/enforce/usb/gadget-survey.h"

typedef enum TakenKind {
    TAKEN_GADGET, /* a gadget of configfs */
    TAKEN_DRIVER, /* a driver of the gadget bus */
} TakenKind;

/* A gadget that secpold took off a UDC. */
typedef struct Taken {
    TakenKind kind;
    char *name; /* of the gadget or driver */
    char *udc;
} Taken;

void taken_free(Taken *taken);

/* What would be taken off this UDC now; NULL where nothing is bound to it that could be bound
 * again. */
Taken *taken_from_udc(const GadgetSurvey *survey, const Udc *udc);

/* Element type Taken. */
GPtrArray *gadget_memory_taken(const RunRecord *record);

/* Has no effect where an earlier one counts whose gadget is still there. FALSE where there is no
 * room left. */
gboolean gadget_memory_add(RunRecord *record, const GadgetSurvey *survey, const Taken *taken);
void gadget_memory_remove(RunRecord *record, const Taken *taken);

/* The one taken off this UDC, or NULL; free with taken_free(). */
Taken *gadget_memory_find_udc(const RunRecord *record, const char *udc);

/* The bus was told not to bind by itself; drivers without a UDC at that time stay so afterwards. */
void gadget_memory_close_bus(RunRecord *record, const GadgetSurvey *survey);
void gadget_memory_open_bus(RunRecord *record);
gboolean gadget_memory_bus_is_closed(const RunRecord *record);
gboolean gadget_memory_has_driver(const RunRecord *record, const char *driver);
gboolean gadget_memory_was_idle(const RunRecord *record, const char *driver);

gboolean gadget_memory_is_empty(const RunRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Taken, taken_free)
