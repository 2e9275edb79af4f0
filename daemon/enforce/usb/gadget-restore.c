/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/gadget-restore.h"

#include "daemon/enforce/usb/gadget-control.h"

typedef enum Prospect {
    PROSPECT_WAITS,    /* its UDC is not there */
    PROSPECT_BINDABLE, /* it and its UDC are free */
    PROSPECT_OVER,     /* gone, bound already, or its UDC is taken */
} Prospect;

static gboolean is_free(const GadgetSurvey *survey, const Taken *taken)
{
    if (taken->kind == TAKEN_DRIVER)
        return g_strv_contains((const char *const *)survey->drivers, taken->name) &&
               !gadget_survey_udc_of_driver(survey, taken->name);
    const Gadget *gadget = gadget_survey_find_gadget(survey, taken->name);
    return gadget && !*gadget->udc;
}

static Prospect find_prospect(const GadgetSurvey *survey, const Taken *taken)
{
    const Udc *udc = gadget_survey_find_udc(survey, taken->udc);

    if (!is_free(survey, taken) || (udc && udc_is_bound(udc)))
        return PROSPECT_OVER;
    return udc ? PROSPECT_BINDABLE : PROSPECT_WAITS;
}

static gboolean bind_again(const GadgetSurvey *survey, const Taken *taken, GError **error)
{
    if (taken->kind == TAKEN_GADGET)
        return gadget_bind(survey, taken->name, taken->udc, error);
    return gadget_driver_bind(survey, taken->name, gadget_survey_find_udc(survey, taken->udc),
                              error);
}

/* Somebody was faster. The kernel's EBUSY does not say so: that is also its word for a gadget that
 * is not ready. */
static gboolean is_taken_meanwhile(const GadgetSurvey *survey, const Taken *taken)
{
    g_autoptr(GadgetSurvey) now = gadget_survey_again(survey);
    return find_prospect(now, taken) == PROSPECT_OVER;
}

static void restore_one(RunRecord *record, const GadgetSurvey *survey, const Taken *taken,
                        GError **error)
{
    g_autoptr(GError) refusal = NULL;
    const Prospect prospect = find_prospect(survey, taken);

    if (prospect == PROSPECT_WAITS)
        return;
    if (prospect == PROSPECT_OVER || bind_again(survey, taken, &refusal) ||
        is_taken_meanwhile(survey, taken)) {
        gadget_memory_remove(record, taken);
        return;
    }
    if (error && !*error)
        g_propagate_prefixed_error(error, g_steal_pointer(&refusal),
                                   "Cannot bind %s to %s again: ", taken->name, taken->udc);
}

static gboolean is_waiting_driver(const RunRecord *record, const GadgetSurvey *survey,
                                  const char *driver)
{
    return !gadget_driver_is_configfs(driver) && !gadget_memory_was_idle(record, driver) &&
           !gadget_memory_has_driver(record, driver) &&
           !gadget_survey_udc_of_driver(survey, driver);
}

/* What the bus would have done itself when the driver came. A refusal is the driver's affair. */
static void bind_to_first(const GadgetSurvey *survey, const char *driver)
{
    for (guint i = 0; i < survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(survey->udcs, i);
        if (!udc_is_bound(udc) && udc->device && gadget_driver_bind(survey, driver, udc, NULL))
            return;
    }
}

static void bind_latecomers(const RunRecord *record, const GadgetSurvey *survey)
{
    for (guint i = 0; survey->drivers[i]; i++)
        if (is_waiting_driver(record, survey, survey->drivers[i]))
            bind_to_first(survey, survey->drivers[i]);
}

static gboolean open_bus(const GadgetSurvey *survey, GError **error)
{
    return !survey->has_bus || survey->autoprobe || gadget_bus_set_autoprobe(survey, TRUE, error);
}

static gboolean restore_all(RunRecord *record, const GadgetSurvey *survey, GError **error)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(record);
    g_autoptr(GError) refusal = NULL;

    for (guint i = 0; i < all->len; i++)
        restore_one(record, survey, g_ptr_array_index(all, i), &refusal);
    if (!refusal)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&refusal));
    return FALSE;
}

gboolean gadget_restore(RunRecord *record, const GadgetSurvey *survey, GError **error)
{
    const gboolean closed = gadget_memory_bus_is_closed(record);

    /* First: without the bus no gadget of configfs can be bound. */
    if (closed && !open_bus(survey, error))
        return FALSE;
    const gboolean complete = restore_all(record, survey, error);
    if (closed) {
        g_autoptr(GadgetSurvey) now = gadget_survey_again(survey);
        bind_latecomers(record, now);
        gadget_memory_open_bus(record);
    }
    return complete;
}

void gadget_restore_abandon(RunRecord *record, const GadgetSurvey *survey)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(record);

    for (guint i = 0; i < all->len; i++)
        if (find_prospect(survey, g_ptr_array_index(all, i)) == PROSPECT_BINDABLE)
            gadget_memory_remove(record, g_ptr_array_index(all, i));
}
