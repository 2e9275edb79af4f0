/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy: what an organization asks of the device, item by item. */
#pragma once

#include "daemon/policy/catalog.h"

typedef struct PolicyItem {
    gboolean requested;
    guint number;                             /* VALUE_NUMBER items; 0 while not requested */
    guint parameters[CATALOG_MAX_PARAMETERS]; /* numbers, in the catalog's order of parameters */
    char *host;                               /* the VALUE_HOST parameter, or NULL: not given */
} PolicyItem;

typedef struct Policy {
    char *name;     /* UTF-8, 1 to 128 characters */
    guint64 serial; /* grows with every edition of the policy; 1 to 2^63 - 1 */
    PolicyItem items[CATALOG_N_ITEMS];
} Policy;

Policy *policy_new(const char *name, guint64 serial);
void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

/* What holds where there was a policy and none can be read: every port item, ProhibitSnmpV1 and
 * ProhibitUsbStorage. Items that could cut the only path to repair are left out. */
Policy *policy_new_fallback(void);

/* Asks for @item with the standard numbers of its parameters; @number is for VALUE_NUMBER items. */
void policy_request(Policy *policy, const CatalogItem *item, guint number);

gboolean policy_equal(const Policy *a, const Policy *b);

/* The item's value as a floating GVariant: boolean for a flag, uint32 for a number; false and 0
 * while it is not requested. */
GVariant *policy_item_value(const Policy *policy, gsize item);

/* The item's parameters as a floating a{sv}: empty while it is not requested. */
GVariant *policy_item_parameters(const Policy *policy, gsize item);
