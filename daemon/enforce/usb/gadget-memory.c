/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/gadget-memory.h"

#include <string.h>

/* Neither gadgets nor drivers nor UDCs can have a slash in their names: all are directories. */
#define SEPARATOR  "/"
#define BUS_CLOSED "bus-closed"
#define IDLE       "idle"

static const char *const kind_words[] = {
    [TAKEN_GADGET] = "gadget",
    [TAKEN_DRIVER] = "driver",
};

void taken_free(Taken *taken)
{
    if (!taken)
        return;
    g_free(taken->name);
    g_free(taken->udc);
    g_free(taken);
}

static Taken *taken_new(TakenKind kind, const char *name, const char *udc)
{
    Taken *taken = g_new0(Taken, 1);

    taken->kind = kind;
    taken->name = g_strdup(name);
    taken->udc = g_strdup(udc);
    return taken;
}

Taken *taken_from_udc(const GadgetSurvey *survey, const Udc *udc)
{
    const Gadget *gadget = gadget_survey_gadget_on(survey, udc);

    if (gadget && (!udc->driver || gadget_driver_is_configfs(udc->driver)))
        return taken_new(TAKEN_GADGET, gadget->name, udc->name);
    return udc->driver ? taken_new(TAKEN_DRIVER, udc->driver, udc->name) : NULL;
}

static char *line_of(const Taken *taken)
{
    return g_strjoin(SEPARATOR, kind_words[taken->kind], taken->name, taken->udc, NULL);
}

static Taken *parse_line(const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, SEPARATOR, 4);

    if (g_strv_length(fields) != 3 || !*fields[1] || !*fields[2])
        return NULL;
    for (guint kind = 0; kind < G_N_ELEMENTS(kind_words); kind++)
        if (g_str_equal(fields[0], kind_words[kind]))
            return taken_new((TakenKind)kind, fields[1], fields[2]);
    return NULL;
}

GPtrArray *gadget_memory_taken(const RunRecord *record)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)taken_free);
    g_auto(GStrv) lines = run_record_lines(record);

    for (guint i = 0; lines[i]; i++) {
        Taken *taken = parse_line(lines[i]);
        if (taken)
            g_ptr_array_add(all, taken);
    }
    return all;
}

static gboolean is_there(const GadgetSurvey *survey, const Taken *taken)
{
    return taken->kind == TAKEN_GADGET
               ? gadget_survey_find_gadget(survey, taken->name) != NULL
               : g_strv_contains((const char *const *)survey->drivers, taken->name);
}

static gboolean is_same_gadget(const Taken *a, const Taken *b)
{
    return a->kind == b->kind && g_str_equal(a->name, b->name);
}

gboolean gadget_memory_add(RunRecord *record, const GadgetSurvey *survey, const Taken *taken)
{
    g_autoptr(GPtrArray) earlier = gadget_memory_taken(record);

    for (guint i = 0; i < earlier->len; i++) {
        const Taken *other = g_ptr_array_index(earlier, i);
        if (!is_same_gadget(other, taken) && !g_str_equal(other->udc, taken->udc))
            continue;
        if (is_there(survey, other))
            return TRUE;
        gadget_memory_remove(record, other);
    }
    g_autofree char *line = line_of(taken);
    return run_record_add(record, line);
}

void gadget_memory_remove(RunRecord *record, const Taken *taken)
{
    g_autofree char *line = line_of(taken);
    run_record_remove(record, line);
}

Taken *gadget_memory_find_udc(const RunRecord *record, const char *udc)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(record);

    for (guint i = 0; i < all->len; i++) {
        const Taken *taken = g_ptr_array_index(all, i);
        if (g_str_equal(taken->udc, udc))
            return g_ptr_array_steal_index(all, i);
    }
    return NULL;
}

gboolean gadget_memory_has_driver(const RunRecord *record, const char *driver)
{
    g_autoptr(GPtrArray) all = gadget_memory_taken(record);

    for (guint i = 0; i < all->len; i++) {
        const Taken *taken = g_ptr_array_index(all, i);
        if (taken->kind == TAKEN_DRIVER && g_str_equal(taken->name, driver))
            return TRUE;
    }
    return FALSE;
}

static char *idle_line(const char *driver)
{
    return g_strjoin(SEPARATOR, IDLE, driver, NULL);
}

void gadget_memory_close_bus(RunRecord *record, const GadgetSurvey *survey)
{
    if (gadget_memory_bus_is_closed(record))
        return;
    run_record_add(record, BUS_CLOSED);
    for (guint i = 0; survey->drivers[i]; i++) {
        g_autofree char *line = idle_line(survey->drivers[i]);
        if (!gadget_survey_udc_of_driver(survey, survey->drivers[i]))
            run_record_add(record, line);
    }
}

void gadget_memory_open_bus(RunRecord *record)
{
    g_auto(GStrv) lines = run_record_lines(record);

    for (guint i = 0; lines[i]; i++)
        if (g_str_equal(lines[i], BUS_CLOSED) || g_str_has_prefix(lines[i], IDLE SEPARATOR))
            run_record_remove(record, lines[i]);
}

gboolean gadget_memory_bus_is_closed(const RunRecord *record)
{
    return run_record_contains(record, BUS_CLOSED);
}

gboolean gadget_memory_was_idle(const RunRecord *record, const char *driver)
{
    g_autofree char *line = idle_line(driver);
    return run_record_contains(record, line);
}

gboolean gadget_memory_is_empty(const RunRecord *record)
{
    g_auto(GStrv) lines = run_record_lines(record);
    return lines[0] == NULL;
}
