/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would stop working if an item about USB or wireless came into force now, with what the
 * device profile leaves alone left out. */
#pragma once

#include "daemon/policy/plan.h"

/* Adds sentences (element type char) about @item, one of @plan's. Nothing for items that are about
 * something else. What cannot be found out is left out. */
void hardware_consequences_add(GPtrArray *sentences, const Plan *plan, guint item);
