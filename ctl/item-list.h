/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy's items as the trade's own panels show them, by category and group. */
#pragma once

#include "ctl/table.h"
#include "ctl/verb.h"

/* Objects as of manager_client_items(); their states are shown in a column of their own. */
void item_list_print(const Context *context, JsonArray *items, gboolean with_states);

/* A row with name and value for each parameter that the item has. */
void item_list_add_parameters(Table *table, JsonObject *item, guint indent);

/* The item whose key this is, written in upper or lower case; borrowed. NULL after a complaint
 * that names the nearest key. */
JsonObject *item_list_find(JsonArray *items, const char *key);

/* How many items are in each state, as the manager's Compliance tells it. */
JsonObject *item_list_compliance(JsonArray *items);
