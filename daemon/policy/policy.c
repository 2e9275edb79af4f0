/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/policy.h"

Policy *policy_new(const char *name, guint64 serial)
{
    Policy *policy = g_new0(Policy, 1);

    policy->name = g_strdup(name);
    policy->serial = serial;
    return policy;
}

void policy_free(Policy *policy)
{
    if (!policy)
        return;

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        g_free(policy->items[i].host);
    g_free(policy->name);
    g_free(policy);
}

static gboolean in_fallback(const CatalogItem *item)
{
    switch (item->effect) {
    case KERNEL_EFFECT_CLOSE_PORTS:
    case KERNEL_EFFECT_SNMP_V3_ONLY:
    case KERNEL_EFFECT_NO_USB_STORAGE:
        return TRUE;
    case KERNEL_EFFECT_NONE:
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
    case KERNEL_EFFECT_NO_USB_DEVICE:
        return FALSE;
    }
    return FALSE;
}

Policy *policy_new_fallback(void)
{
    Policy *policy = policy_new("Fallback", 1);

    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (in_fallback(&catalog_items[i]))
            policy_request(policy, &catalog_items[i], 0);
    return policy;
}

void policy_request(Policy *policy, const CatalogItem *item, guint number)
{
    PolicyItem *request = &policy->items[catalog_item_index(item)];

    g_free(request->host);
    *request = (PolicyItem){
        .requested = TRUE,
        .number = item->kind == VALUE_NUMBER ? number : 0,
    };
    for (gsize i = 0; i < item->n_parameters; i++)
        request->parameters[i] = item->parameters[i].standard;
}

static gboolean policy_item_equal(const PolicyItem *a, const PolicyItem *b)
{
    for (gsize i = 0; i < CATALOG_MAX_PARAMETERS; i++)
        if (a->parameters[i] != b->parameters[i])
            return FALSE;
    return a->requested == b->requested && a->number == b->number &&
           g_strcmp0(a->host, b->host) == 0;
}

gboolean policy_equal(const Policy *a, const Policy *b)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (!policy_item_equal(&a->items[i], &b->items[i]))
            return FALSE;
    return a->serial == b->serial && g_strcmp0(a->name, b->name) == 0;
}

GVariant *policy_item_value(const Policy *policy, gsize item)
{
    const PolicyItem *request = &policy->items[item];

    if (catalog_items[item].kind == VALUE_NUMBER)
        return g_variant_new_uint32(request->requested ? request->number : 0);
    return g_variant_new_boolean(request->requested);
}

/* NULL for a host the policy does not name. */
static GVariant *parameter_value(const PolicyItem *request, const CatalogItem *item, gsize i)
{
    if (item->parameters[i].kind == VALUE_NUMBER)
        return g_variant_new_uint32(request->parameters[i]);
    return request->host ? g_variant_new_string(request->host) : NULL;
}

GVariant *policy_item_parameters(const Policy *policy, gsize item)
{
    const CatalogItem *entry = &catalog_items[item];
    const PolicyItem *request = &policy->items[item];
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

    for (gsize i = 0; request->requested && i < entry->n_parameters; i++) {
        GVariant *value = parameter_value(request, entry, i);

        if (value)
            g_variant_builder_add(&builder, "{sv}", entry->parameters[i].key, value);
    }
    return g_variant_builder_end(&builder);
}
