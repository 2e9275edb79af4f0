/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What could make this device appear as a USB device: USB device controllers (UDCs), the gadget
 * drivers bound to them, and the gadgets configured in configfs.
 *
 * Since Linux 6.0 gadget drivers sit on a bus of their own, "gadget", where each UDC has a device
 * "gadget.N" and each gadget of configfs a driver "configfs-gadget.NAME" while it is registered; a
 * legacy driver such as g_ether goes by its own name. What is bound is told by that bus and by the
 * UDC's "function", never by its "state", which lags behind.
 */
#pragma once

#include <glib.h>

#define GADGET_SYSFS "/sys"

typedef struct Udc {
    char *name;     /* "dummy_udc.0" */
    char *path;     /* below /sys: "/devices/platform/dummy_udc.0/udc/dummy_udc.0" */
    char *device;   /* on the gadget bus: "gadget.0"; NULL where the kernel has no such bus */
    char *driver;   /* of @device: "configfs-gadget.g1", "g_ether"; NULL where none is bound */
    char *function; /* how the bound driver names itself: "g1"; NULL where none is bound */
} Udc;

/* A gadget in configfs. */
typedef struct Gadget {
    char *name;
    char *udc; /* what its attribute UDC says; "" where it is not bound */
} Gadget;

typedef struct GadgetSurvey {
    char *sysfs;        /* GADGET_SYSFS but for tests */
    char *configfs;     /* ".../usb_gadget", or NULL where there is none */
    gboolean has_bus;   /* the kernel has the gadget bus, and it is loaded */
    gboolean autoprobe; /* the bus binds drivers by itself */
    GPtrArray *udcs;    /* element type Udc, by name */
    GPtrArray *gadgets; /* element type Gadget, by name */
    GStrv drivers;      /* on the bus, by name */
} GadgetSurvey;

/* @configfs is where the kernel's configfs is mounted, or NULL. Never fails: what vanishes
 * meanwhile is left out. */
GadgetSurvey *gadget_survey_new(const char *sysfs, const char *configfs);
/* Looks at the same places once more. */
GadgetSurvey *gadget_survey_again(const GadgetSurvey *survey);
void gadget_survey_free(GadgetSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GadgetSurvey, gadget_survey_free)

gboolean udc_is_bound(const Udc *udc);

/* All NULL where there is no such thing; borrowed from the survey. */
const Udc *gadget_survey_find_udc(const GadgetSurvey *survey, const char *name);
const Gadget *gadget_survey_find_gadget(const GadgetSurvey *survey, const char *name);
/* The gadget of configfs that holds this UDC, and the UDC that this driver of the bus is bound to.
 */
const Gadget *gadget_survey_gadget_on(const GadgetSurvey *survey, const Udc *udc);
const Udc *gadget_survey_udc_of_driver(const GadgetSurvey *survey, const char *driver);

/* Whether a driver of the bus is a gadget of configfs. */
gboolean gadget_driver_is_configfs(const char *driver);

/* Where configfs is mounted, or NULL. Free with g_free(). */
char *configfs_find_mount_point(void);

/* As above, from a line of /proc/self/mountinfo. Pure. */
char *configfs_mount_point_of_line(const char *line);
