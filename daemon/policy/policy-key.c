/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/policy-key.h"

#include <string.h>

#include "daemon/policy/nearest.h"

static const struct {
    const char *name;
    const char *group;
} fixed_keys[N_FIXED_KEYS] = {
    [FIXED_KEY_FORMAT_VERSION] = {"FormatVersion", POLICY_GROUP},
    [FIXED_KEY_NAME] = {"Name", POLICY_GROUP},
    [FIXED_KEY_SERIAL] = {"Serial", POLICY_GROUP},
    [FIXED_KEY_SALT] = {"Salt", SEAL_GROUP},
    [FIXED_KEY_PUBLIC_KEY] = {"PublicKey", SEAL_GROUP},
    [FIXED_KEY_SIGNATURE] = {"Signature", SEAL_GROUP},
};

const char *fixed_key_to_string(FixedKey key)
{
    return fixed_keys[key].name;
}

const char *fixed_key_group(FixedKey key)
{
    return fixed_keys[key].group;
}

static gboolean find_fixed(const char *name, PolicyKey *ret_key)
{
    for (guint i = 0; i < N_FIXED_KEYS; i++) {
        if (strcmp(fixed_keys[i].name, name) != 0)
            continue;
        *ret_key = (PolicyKey){
            .kind = POLICY_KEY_FIXED,
            .group = fixed_keys[i].group,
            .fixed = (FixedKey)i,
        };
        return TRUE;
    }
    return FALSE;
}

static gboolean find_parameter(const char *name, PolicyKey *ret_key)
{
    const CatalogItem *owner = NULL;
    const CatalogParameter *parameter = catalog_find_parameter(name, &owner);
    if (parameter == NULL)
        return FALSE;
    *ret_key = (PolicyKey){
        .kind = POLICY_KEY_PARAMETER,
        .group = category_to_string(owner->category),
        .item = catalog_item_index(owner),
        .parameter = (gsize)(parameter - owner->parameters),
    };
    return TRUE;
}

gboolean policy_key_find(const char *name, PolicyKey *ret_key)
{
    const CatalogItem *item = catalog_find_item(name);
    if (item == NULL)
        return find_fixed(name, ret_key) || find_parameter(name, ret_key);
    *ret_key = (PolicyKey){
        .kind = POLICY_KEY_ITEM,
        .group = category_to_string(item->category),
        .item = catalog_item_index(item),
    };
    return TRUE;
}

gboolean policy_group_is_known(const char *name)
{
    Category category;
    return strcmp(name, POLICY_GROUP) == 0 || strcmp(name, SEAL_GROUP) == 0 ||
           category_from_string(name, &category);
}

char *policy_key_hint(const char *name)
{
    Nearest nearest;
    nearest_init(&nearest, name);
    for (guint i = 0; i < N_FIXED_KEYS; i++)
        nearest_offer(&nearest, fixed_keys[i].name);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        nearest_offer(&nearest, catalog_items[i].key);
        for (gsize j = 0; j < catalog_items[i].n_parameters; j++)
            nearest_offer(&nearest, catalog_items[i].parameters[j].key);
    }
    return nearest_to_hint(&nearest);
}

char *policy_group_hint(const char *name)
{
    Nearest nearest;
    nearest_init(&nearest, name);
    nearest_offer(&nearest, POLICY_GROUP);
    for (guint i = 0; i <= CATEGORY_LAST; i++)
        nearest_offer(&nearest, category_to_string((Category)i));
    nearest_offer(&nearest, SEAL_GROUP);
    return nearest_to_hint(&nearest);
}
