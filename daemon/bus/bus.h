/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to the system bus. secpold does not wait for it: the connection is made when the
 * bus daemon appears, and again when it was restarted. $DBUS_SYSTEM_BUS_ADDRESS is honoured.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/bus/bus-context.h"

typedef struct Bus Bus;

/* Borrows @event and what is in @context; becomes the observer of the manager. */
Bus *bus_new(sd_event *event, const BusContext *context);
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)

/* Starts to connect. Problems from here on are retried and noted in the journal, not returned. */
void bus_connect(Bus *bus);
