/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who reserved which port: the arithmetic of port-reservation, and its record. Pure. */
#pragma once

#include "daemon/policy/port-set.h"

/* What secpold remembers of its own doing. */
typedef struct ReservedPorts {
    PortSet added;      /* what it added to the list */
    gboolean unsettled; /* a change to @added was begun and its end not recorded: all, some or none
                           of these ports may be in the list */
} ReservedPorts;

typedef struct ReservationChange {
    PortSet list;    /* what the list has to be */
    PortSet added;   /* which of these are secpold's */
    PortSet missing; /* ports that secpold had added and others have removed */
} ReservationChange;

/* What has to become of @list, the ports now reserved, when @wanted need to be. */
void reserved_ports_plan(const ReservedPorts *record, const PortSet *list, const PortSet *wanted,
                         ReservationChange *ret);

/* The record as text, and back. */
char *reserved_ports_to_string(const ReservedPorts *record);
gboolean reserved_ports_from_string(const char *text, ReservedPorts *ret, GError **error);
