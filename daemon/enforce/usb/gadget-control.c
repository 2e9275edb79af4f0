/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/gadget-control.h"

#include <errno.h>

#include "daemon/enforce/sysfs.h"

static gboolean write_udc_attribute(const GadgetSurvey *survey, const char *gadget,
                                    const char *value, GError **error)
{
    g_autofree char *path = g_build_filename(survey->configfs, gadget, "UDC", NULL);
    return sysfs_write(path, value, error);
}

gboolean gadget_unbind(const GadgetSurvey *survey, const char *gadget, GError **error)
{
    return write_udc_attribute(survey, gadget, "\n", error);
}

gboolean gadget_bind(const GadgetSurvey *survey, const char *gadget, const char *udc,
                     GError **error)
{
    return write_udc_attribute(survey, gadget, udc, error);
}

static gboolean write_driver_attribute(const GadgetSurvey *survey, const char *driver,
                                       const char *attribute, const Udc *udc, GError **error)
{
    g_autofree char *path =
        g_build_filename(survey->sysfs, "bus/gadget/drivers", driver, attribute, NULL);
    return sysfs_write(path, udc->device, error);
}

static gboolean driver_unbind(const GadgetSurvey *survey, const Udc *udc, GError **error)
{
    if (udc->driver)
        return write_driver_attribute(survey, udc->driver, "unbind", udc, error);
    if (udc->device)
        g_set_error(error, SYSFS_ERROR, ENODEV, "%s has just been unbound", udc->function);
    else
        g_set_error(error, SYSFS_ERROR, EOPNOTSUPP,
                    "this kernel, older than Linux 6.0, cannot take it off; unload its module");
    return FALSE;
}

gboolean gadget_driver_bind(const GadgetSurvey *survey, const char *driver, const Udc *udc,
                            GError **error)
{
    return write_driver_attribute(survey, driver, "bind", udc, error);
}

gboolean gadget_bus_set_autoprobe(const GadgetSurvey *survey, gboolean on, GError **error)
{
    g_autofree char *path = g_build_filename(survey->sysfs, "bus/gadget/drivers_autoprobe", NULL);
    return sysfs_write(path, on ? "1" : "0", error);
}

gboolean gadget_free_udc(const GadgetSurvey *survey, const Udc *udc, GError **error)
{
    const Gadget *gadget = gadget_survey_gadget_on(survey, udc);

    if (gadget && gadget_unbind(survey, gadget->name, NULL))
        return TRUE;
    return driver_unbind(survey, udc, error);
}
