/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects /org/secpold1/item/KEY. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/bus/bus-context.h"

typedef struct BusItems BusItems;

/* Borrows @context. */
BusItems *bus_items_new(const BusContext *context);
void bus_items_free(BusItems *items);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusItems, bus_items_free)

/* Puts the objects on the bus; negative errno on failure. The slots live as long as @bus. */
int bus_items_attach(BusItems *items, sd_bus *bus);

/* Looks at the item with this index again and emits what has changed, if anything; @bus may be
 * NULL: nobody to tell. */
void bus_items_update(BusItems *items, sd_bus *bus, guint index);
