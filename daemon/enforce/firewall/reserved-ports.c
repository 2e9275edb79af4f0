/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/reserved-ports.h"

#include <string.h>

static const char settled_heading[] = "settled ";
static const char unsettled_heading[] = "unsettled ";

/* Of what the record names, the part that still is secpold's. */
static void find_own(const ReservedPorts *record, const PortSet *list, PortSet *ret_own,
                     PortSet *ret_missing)
{
    PortSet own = record->added;
    PortSet missing = record->added;

    port_set_intersect(&own, list);
    port_set_subtract(&missing, list);
    if (record->unsettled)
        missing = (PortSet){0};
    else if (!port_set_is_empty(&missing))
        own = (PortSet){0};
    *ret_own = own;
    *ret_missing = missing;
}

void reserved_ports_plan(const ReservedPorts *record, const PortSet *list, const PortSet *wanted,
                         ReservationChange *ret)
{
    PortSet own, missing;
    find_own(record, list, &own, &missing);

    PortSet foreign = *list;
    port_set_subtract(&foreign, &own);

    ret->added = *wanted;
    port_set_subtract(&ret->added, &foreign);
    ret->list = foreign;
    port_set_union(&ret->list, &ret->added);
    port_set_intersect(&missing, wanted);
    ret->missing = missing;
}

char *reserved_ports_to_string(const ReservedPorts *record)
{
    g_autofree char *ports = port_set_to_string(&record->added);
    return g_strdup_printf("%s%s\n", record->unsettled ? unsettled_heading : settled_heading,
                           ports);
}

gboolean reserved_ports_from_string(const char *text, ReservedPorts *ret, GError **error)
{
    ReservedPorts record = {.unsettled = g_str_has_prefix(text, unsettled_heading)};
    const char *heading = record.unsettled ? unsettled_heading : settled_heading;

    if (!g_str_has_prefix(text, heading)) {
        g_set_error(error, PORT_SET_ERROR, PORT_SET_ERROR_SYNTAX,
                    "The record begins neither with \"%s\" nor with \"%s\"", settled_heading,
                    unsettled_heading);
        return FALSE;
    }
    if (!port_set_from_string(text + strlen(heading), &record.added, error))
        return FALSE;
    *ret = record;
    return TRUE;
}
