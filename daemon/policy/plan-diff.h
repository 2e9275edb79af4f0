/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes when one plan replaces another. */
#pragma once

#include "daemon/policy/plan.h"

typedef struct PlanChange {
    guint item;
    GVariant *from; /* the item's value, parameters included: see plan_item_full_value() */
    GVariant *to;
    GArray *closes; /* element type ProtocolPorts: what the item closes now and none did before */
    GArray *opens;  /* element type ProtocolPorts: what it closed and none does any more. To an item
                       that closes UDP ports wholly, one that only filters them (ProhibitSnmpV1) is
                       none */
} PlanChange;

/* Items whose requested value, parameters or effect differ, in catalog order. Element type
 * PlanChange. A change that only the device profile brings (ports, function) counts too. */
GPtrArray *plan_diff(const Plan *from, const Plan *to);

/* Strong reference: a boolean or uint32; where the item has parameters and is requested,
 * (va{sv}): the value and the parameters. */
GVariant *plan_item_full_value(const PlanItem *item);
