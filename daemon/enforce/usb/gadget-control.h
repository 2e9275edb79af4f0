/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binds gadgets to UDCs and makes them let go. Errors are those of sysfs_write(). */
#pragma once

#include "daemon/enforce/usb/gadget-survey.h"

/* Has a gadget of configfs let its UDC go, whether that is there or not. */
gboolean gadget_unbind(const GadgetSurvey *survey, const char *gadget, GError **error);
gboolean gadget_bind(const GadgetSurvey *survey, const char *gadget, const char *udc,
                     GError **error);

/* The same for any driver by way of the gadget bus. */
gboolean gadget_driver_bind(const GadgetSurvey *survey, const char *driver, const Udc *udc,
                            GError **error);

/* Whether the gadget bus is to bind drivers to UDCs by itself. While it is not, the kernel refuses
 * to bind a gadget of configfs (EBUSY) and leaves a legacy driver waiting. */
gboolean gadget_bus_set_autoprobe(const GadgetSurvey *survey, gboolean on, GError **error);

/* Makes the UDC free: configfs is asked first, then the bus. The error is the last one. */
gboolean gadget_free_udc(const GadgetSurvey *survey, const Udc *udc, GError **error);
