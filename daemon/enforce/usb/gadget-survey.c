/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/gadget-survey.h"

#include <string.h>

#include "daemon/enforce/sysfs.h"

/* Followed by "." and the gadget's name, but for the first kernels with a gadget bus. */
#define CONFIGFS_DRIVER_PREFIX "configfs-gadget"

static void udc_free(Udc *udc)
{
    g_free(udc->name);
    g_free(udc->path);
    g_free(udc->device);
    g_free(udc->driver);
    g_free(udc->function);
    g_free(udc);
}

static void gadget_free(Gadget *gadget)
{
    g_free(gadget->name);
    g_free(gadget->udc);
    g_free(gadget);
}

/* The UDC has a link to it as well, but not yet while the first driver is being bound. */
static char *find_bus_device(const char *directory)
{
    g_autofree char *parent = g_build_filename(directory, "device", NULL);
    g_auto(GStrv) names = sysfs_list(parent);

    for (guint i = 0; names[i]; i++) {
        if (!g_str_has_prefix(names[i], "gadget."))
            continue;
        g_autofree char *link = g_build_filename(parent, names[i], "subsystem", NULL);
        g_autofree char *subsystem = sysfs_link_name(link);
        if (g_strcmp0(subsystem, "gadget") == 0)
            return g_strdup(names[i]);
    }
    return NULL;
}

static char *read_function(const char *directory)
{
    g_autofree char *path = g_build_filename(directory, "function", NULL);
    g_autofree char *function = sysfs_read(path);

    return function && *function ? g_steal_pointer(&function) : NULL;
}

static void add_udc(GadgetSurvey *survey, const char *name)
{
    g_autofree char *directory = g_build_filename(survey->sysfs, "class/udc", name, NULL);
    g_autofree char *path = sysfs_device_path(directory);
    if (!path)
        return;

    Udc *udc = g_new0(Udc, 1);
    udc->name = g_strdup(name);
    udc->path = g_steal_pointer(&path);
    udc->device = find_bus_device(directory);
    if (udc->device) {
        g_autofree char *link = g_build_filename(directory, "device", udc->device, "driver", NULL);
        udc->driver = sysfs_link_name(link);
    }
    udc->function = read_function(directory);
    g_ptr_array_add(survey->udcs, udc);
}

static void add_gadget(GadgetSurvey *survey, const char *name)
{
    g_autofree char *path = g_build_filename(survey->configfs, name, "UDC", NULL);
    char *udc = sysfs_read(path);
    if (!udc)
        return;

    Gadget *gadget = g_new0(Gadget, 1);
    gadget->name = g_strdup(name);
    gadget->udc = udc;
    g_ptr_array_add(survey->gadgets, gadget);
}

static void look_at_bus(GadgetSurvey *survey)
{
    g_autofree char *drivers = g_build_filename(survey->sysfs, "bus/gadget/drivers", NULL);
    g_autofree char *path = g_build_filename(survey->sysfs, "bus/gadget/drivers_autoprobe", NULL);
    g_autofree char *autoprobe = sysfs_read(path);

    survey->has_bus = autoprobe != NULL;
    survey->autoprobe = g_strcmp0(autoprobe, "0") != 0;
    survey->drivers = sysfs_list(drivers);
}

/* Takes @configfs, the directory of the gadgets in configfs. */
static GadgetSurvey *look(const char *sysfs, char *configfs)
{
    GadgetSurvey *survey = g_new0(GadgetSurvey, 1);
    survey->sysfs = g_strdup(sysfs);
    survey->configfs = configfs;
    survey->udcs = g_ptr_array_new_with_free_func((GDestroyNotify)udc_free);
    survey->gadgets = g_ptr_array_new_with_free_func((GDestroyNotify)gadget_free);
    look_at_bus(survey);

    g_autofree char *class = g_build_filename(sysfs, "class/udc", NULL);
    g_auto(GStrv) udcs = sysfs_list(class);
    for (guint i = 0; udcs[i]; i++)
        add_udc(survey, udcs[i]);

    g_auto(GStrv) gadgets = survey->configfs ? sysfs_list(survey->configfs) : NULL;
    for (guint i = 0; gadgets && gadgets[i]; i++)
        add_gadget(survey, gadgets[i]);
    return survey;
}

GadgetSurvey *gadget_survey_new(const char *sysfs, const char *configfs)
{
    return look(sysfs, configfs ? g_build_filename(configfs, "usb_gadget", NULL) : NULL);
}

GadgetSurvey *gadget_survey_again(const GadgetSurvey *survey)
{
    return look(survey->sysfs, g_strdup(survey->configfs));
}

void gadget_survey_free(GadgetSurvey *survey)
{
    if (!survey)
        return;
    g_free(survey->sysfs);
    g_free(survey->configfs);
    g_ptr_array_unref(survey->udcs);
    g_ptr_array_unref(survey->gadgets);
    g_strfreev(survey->drivers);
    g_free(survey);
}

gboolean udc_is_bound(const Udc *udc)
{
    return udc->driver || udc->function;
}

const Udc *gadget_survey_find_udc(const GadgetSurvey *survey, const char *name)
{
    for (guint i = 0; i < survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(survey->udcs, i);
        if (g_str_equal(udc->name, name))
            return udc;
    }
    return NULL;
}

const Gadget *gadget_survey_find_gadget(const GadgetSurvey *survey, const char *name)
{
    for (guint i = 0; i < survey->gadgets->len; i++) {
        const Gadget *gadget = g_ptr_array_index(survey->gadgets, i);
        if (g_str_equal(gadget->name, name))
            return gadget;
    }
    return NULL;
}

const Gadget *gadget_survey_gadget_on(const GadgetSurvey *survey, const Udc *udc)
{
    for (guint i = 0; i < survey->gadgets->len; i++) {
        const Gadget *gadget = g_ptr_array_index(survey->gadgets, i);
        if (g_str_equal(gadget->udc, udc->name))
            return gadget;
    }
    return NULL;
}

const Udc *gadget_survey_udc_of_driver(const GadgetSurvey *survey, const char *driver)
{
    for (guint i = 0; i < survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(survey->udcs, i);
        if (g_strcmp0(udc->driver, driver) == 0)
            return udc;
    }
    return NULL;
}

gboolean gadget_driver_is_configfs(const char *driver)
{
    return g_str_has_prefix(driver, CONFIGFS_DRIVER_PREFIX);
}

/* "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE OPTIONS" */
char *configfs_mount_point_of_line(const char *line)
{
    const char *tail = strstr(line, " - ");
    if (!tail || !g_str_has_prefix(tail, " - configfs "))
        return NULL;
    g_autofree char *head = g_strndup(line, (gsize)(tail - line));
    g_auto(GStrv) fields = g_strsplit(head, " ", 6);
    /* Only part of it may be mounted elsewhere: the root field says which. */
    if (g_strv_length(fields) < 6 || !g_str_equal(fields[3], "/") || *fields[4] != '/' ||
        g_str_has_suffix(fields[4], "\\"))
        return NULL;
    return g_strcompress(fields[4]);
}

char *configfs_find_mount_point(void)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        char *point = configfs_mount_point_of_line(lines[i]);
        if (point)
            return point;
    }
    return NULL;
}
