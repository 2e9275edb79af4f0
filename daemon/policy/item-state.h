/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The published states, and how an item's state follows from what was read back. */
#pragma once

#include "daemon/policy/plan.h"

typedef enum ItemState {
    ITEM_OFF,
    ITEM_NOT_AVAILABLE,
    ITEM_ENFORCED,
    ITEM_PARTIAL,
    ITEM_PENDING,
    ITEM_VIOLATED,
    ITEM_STATE_LAST = ITEM_VIOLATED,
} ItemState;

typedef enum SettingState {
    SETTING_FREE,
    SETTING_NOT_AVAILABLE,
    SETTING_CONFIRMED,
    SETTING_UNCONFIRMED,
    SETTING_CONTRADICTED,
    SETTING_STATE_LAST = SETTING_CONTRADICTED,
} SettingState;

const char *item_state_to_string(ItemState state);       /* "not-available" */
const char *setting_state_to_string(SettingState state); /* "unconfirmed" */

typedef enum Verdict {
    VERDICT_HOLDS,   /* read back and true */
    VERDICT_PARTIAL, /* read back and true but for what is spared on purpose, named in the detail */
    VERDICT_PENDING, /* not yet; somebody is at work */
    VERDICT_VIOLATED, /* read back and false, or it cannot be made true */
} Verdict;

/* Whether nothing is left to be done: it was read back and is true, if only in part by intent. */
gboolean verdict_is_settled(Verdict verdict);

/* What one enforcer read back about one item. */
typedef struct Finding {
    guint item;
    Verdict verdict;
    char *detail; /* what was seen, naming the objects; NULL where nothing needs saying */
} Finding;

/* Who vouches that the item holds: the kernel where every finding does, wholly or but for what is
 * spared on purpose, the agents where settings are confirmed and none of the item's is unconfirmed
 * or contradicted. */
typedef enum VerifiedBy {
    VERIFIED_BY_NONE,
    VERIFIED_BY_KERNEL,
    VERIFIED_BY_AGENT,
    VERIFIED_BY_BOTH,
} VerifiedBy;

const char *verified_by_to_string(VerifiedBy by); /* "", "kernel", "agent", "both" */

/* What is known about one setting that an item forces. */
typedef struct SettingEvidence {
    SettingState state;
    const char *obstacle; /* what stands in the way of confirmation; NULL where nothing does, or
                             where nobody has reported at all */
} SettingEvidence;

/* Everything known about one item's effects. */
typedef struct ItemEvidence {
    const Finding *const *kernel; /* findings of the kernel enforcers about this item */
    gsize n_kernel;
    const SettingEvidence *settings; /* one for each of the catalog's forced settings of the item */
} ItemEvidence;

typedef struct ItemStatus {
    ItemState state;
    VerifiedBy verified_by;
    char *detail; /* never NULL; "" where nothing needs saying */
} ItemStatus;

void item_status_clear(ItemStatus *status);

/* The worst effect decides. A kernel effect nobody reports on counts as violated; a must-confirm
 * setting that is unconfirmed makes the item pending, a contradicted one violated. Settings that
 * are free or not available hold nothing back. The detail lists what every effect has to say. */
void item_status_compute(const CatalogItem *item, const PlanItem *plan,
                         const ItemEvidence *evidence, ItemStatus *ret_status);
