/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items that somebody has to look after: pending and violated ones, and why. */
#pragma once

#include "ctl/verb.h"

/* @items as of manager_client_items(). Prints nothing where all is well. */
void attention_print(const Context *context, JsonArray *items);

/* An array of objects with Key, Label, State and Detail. */
JsonNode *attention_to_json(JsonArray *items);
