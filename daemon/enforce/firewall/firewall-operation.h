/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One step of a change to the table. */
#pragma once

#include "daemon/enforce/firewall/firewall-model.h"
#include "daemon/enforce/firewall/nft-batch.h"

typedef enum FirewallOperationKind {
    FIREWALL_DELETE_TABLE,
    FIREWALL_CREATE_TABLE,
    FIREWALL_ADOPT_TABLE, /* become the owner of a table whose owner is gone */
    FIREWALL_ADD_OBJECT,
    FIREWALL_ADD_CHAIN,
    FIREWALL_ADD_MAP,
    FIREWALL_FLUSH_CHAIN,
    FIREWALL_ADD_RULE,
    FIREWALL_DELETE_ELEMENTS,
    FIREWALL_ADD_ELEMENTS,
    FIREWALL_DELETE_CHAIN,
    FIREWALL_DELETE_MAP,
    FIREWALL_DELETE_OBJECT,
} FirewallOperationKind;

/* Points into the rulesets that were compared. */
typedef struct FirewallOperation {
    FirewallOperationKind kind;
    const FirewallRuleset *ruleset; /* for operations on the table */
    const FirewallObject *object;
    const FirewallChain *chain;
    guint rule; /* FIREWALL_ADD_RULE: index of the rule in the chain */
    const FirewallMap *map;
    GArray *elements; /* element type FirewallElement, owned */
} FirewallOperation;

/* "add rule 2 of chain input" */
char *firewall_operation_to_string(const FirewallOperation *operation);

/* Appends the messages that carry the operation out on the table of that name. The libnftnl
 * objects it points to must be there, and are given the table's name. */
void firewall_operation_append(const FirewallOperation *operation, const char *table,
                               NftBatch *batch);
