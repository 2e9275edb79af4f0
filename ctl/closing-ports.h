/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ports a change of policy closes that are open now, told from what the bus says. */
#pragma once

#include "ctl/json-output.h"

#include "daemon/policy/port-set.h"

typedef struct ClosingPorts {
    PortSet tcp;
    PortSet udp;
} ClosingPorts;

/* Whether a value that an item has, as Diff and the items tell it, means that it is asked for. */
gboolean item_value_is_requested(JsonNode *value);

/* Whether @change, an element of Diff, asks for an item that was not asked for and that the device
 * has the function for. @items as of manager_client_items(). */
gboolean change_switches_on(JsonObject *change, JsonArray *items);

/* All that stands in the item's Ports. */
void item_ports(JsonObject *item, ClosingPorts *ret_ports);

/* What @change closes by its item's own list, less what other items close already. */
void closing_ports_of_change(JsonObject *change, JsonArray *items, ClosingPorts *ret_ports);

void closing_ports_add(ClosingPorts *ports, const ClosingPorts *other);
