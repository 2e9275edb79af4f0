/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the groups and keys of a policy document stand for. */
#pragma once

#include "daemon/policy/catalog.h"

#define POLICY_GROUP "Policy"
#define SEAL_GROUP   "Seal"

/* Keys that are not the catalog's. */
typedef enum FixedKey {
    FIXED_KEY_FORMAT_VERSION,
    FIXED_KEY_NAME,
    FIXED_KEY_SERIAL,
    FIXED_KEY_SALT,
    FIXED_KEY_PUBLIC_KEY,
    FIXED_KEY_SIGNATURE,
    N_FIXED_KEYS,
} FixedKey;

typedef enum PolicyKeyKind {
    POLICY_KEY_FIXED,
    POLICY_KEY_ITEM,
    POLICY_KEY_PARAMETER,
} PolicyKeyKind;

typedef struct PolicyKey {
    PolicyKeyKind kind;
    const char *group; /* where the key belongs */
    FixedKey fixed;    /* POLICY_KEY_FIXED */
    gsize item;        /* POLICY_KEY_ITEM, and the owner for POLICY_KEY_PARAMETER */
    gsize parameter;   /* POLICY_KEY_PARAMETER: which one of the owner's */
} PolicyKey;

/* FALSE, leaving @ret_key, where nothing has this name. */
gboolean policy_key_find(const char *name, PolicyKey *ret_key);

const char *fixed_key_to_string(FixedKey key);
const char *fixed_key_group(FixedKey key);

gboolean policy_group_is_known(const char *name);

/* "; did you mean NAME?" for the nearest known key or group, or "". Free with g_free(). */
char *policy_key_hint(const char *name);
char *policy_group_hint(const char *name);
