/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who owns the well-known names by which the device profile calls agents. The bus daemon answers
 * only the question who owns a name, so each of them is followed. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "daemon/policy/plan.h"

typedef struct BusNames BusNames;

/* Borrows @bus. */
BusNames *bus_names_new(sd_bus *bus);
void bus_names_free(BusNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusNames, bus_names_free)

/* Follows the bus names that the plan's settings are to be confirmed by, and no others. Negative
 * errno where the bus cannot be asked. */
int bus_names_follow(BusNames *names, const Plan *plan);

/* The followed names that the connection owns; NULL-terminated, free with g_strfreev(). */
GStrv bus_names_owned_by(const BusNames *names, const char *connection);
