/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/catalog.h"

#include <string.h>

const CatalogItem *catalog_find_item(const char *key)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (strcmp(catalog_items[i].key, key) == 0)
            return &catalog_items[i];
    return NULL;
}

const CatalogSetting *catalog_find_setting(const char *name)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        if (strcmp(catalog_settings[i].name, name) == 0)
            return &catalog_settings[i];
    return NULL;
}

gsize catalog_item_index(const CatalogItem *item)
{
    return (gsize)(item - catalog_items);
}

gsize catalog_setting_index(const CatalogSetting *setting)
{
    return (gsize)(setting - catalog_settings);
}

const CatalogParameter *catalog_find_parameter(const char *key, const CatalogItem **ret_item)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = &catalog_items[i];

        for (gsize j = 0; j < item->n_parameters; j++) {
            if (strcmp(item->parameters[j].key, key) != 0)
                continue;
            *ret_item = item;
            return &item->parameters[j];
        }
    }
    return NULL;
}

/* The @n-th mention of a function: those of the items first, then those of the settings. NULL where
 * a setting has none of its own. */
static const char *function_mention(gsize n)
{
    return n < CATALOG_N_ITEMS ? catalog_items[n].function
                               : catalog_settings[n - CATALOG_N_ITEMS].function;
}

/* The position of the first mention, or the number of mentions where there is none. */
static gsize find_function(const char *name)
{
    gsize n = 0;

    while (n < CATALOG_N_ITEMS + CATALOG_N_SETTINGS && g_strcmp0(function_mention(n), name) != 0)
        n++;
    return n;
}

gboolean catalog_is_function(const char *name)
{
    return find_function(name) < CATALOG_N_ITEMS + CATALOG_N_SETTINGS;
}

void catalog_foreach_function(void (*visit)(const char *name, gpointer data), gpointer data)
{
    for (gsize n = 0; n < CATALOG_N_ITEMS + CATALOG_N_SETTINGS; n++) {
        const char *name = function_mention(n);

        if (name && find_function(name) == n)
            visit(name, data);
    }
}

static const char *const category_names[] = {
    [CATEGORY_INTERFACE] = "Interface",
    [CATEGORY_NETWORK] = "Network",
    [CATEGORY_AUTHENTICATION] = "Authentication",
    [CATEGORY_KEY_CERTIFICATE] = "KeyCertificate",
    [CATEGORY_LOG] = "Log",
    [CATEGORY_JOB] = "Job",
    [CATEGORY_STORAGE] = "Storage",
};
G_STATIC_ASSERT(G_N_ELEMENTS(category_names) == CATEGORY_LAST + 1);

const char *category_to_string(Category category)
{
    return category_names[category];
}

gboolean category_from_string(const char *name, Category *ret_category)
{
    for (gsize i = 0; i < G_N_ELEMENTS(category_names); i++) {
        if (strcmp(category_names[i], name) != 0)
            continue;
        *ret_category = (Category)i;
        return TRUE;
    }
    return FALSE;
}

const char *category_display_label(const char *name)
{
    Category category;

    if (category_from_string(name, &category) && category == CATEGORY_KEY_CERTIFICATE)
        return "Key/Certificate";
    return name;
}

static const char *unit_of(const char *key)
{
    const CatalogItem *item = catalog_find_item(key);
    const CatalogParameter *parameter = catalog_find_parameter(key, &item);

    if (parameter)
        return parameter->unit;
    return item ? item->unit : NULL;
}

char *catalog_quantity(const char *key, guint64 number)
{
    const char *unit = unit_of(key);

    if (!unit)
        return g_strdup_printf("%" G_GUINT64_FORMAT, number);

    const gsize length = strlen(unit);
    const gboolean singular = number == 1 && length > 1 && unit[length - 1] == 's';

    return g_strdup_printf("%" G_GUINT64_FORMAT " %.*s", number, (int)(length - singular), unit);
}

gboolean catalog_item_closes_ports(const CatalogItem *item)
{
    return item->effect == KERNEL_EFFECT_CLOSE_PORTS || item->effect == KERNEL_EFFECT_SNMP_V3_ONLY;
}

char *catalog_item_display_label(const CatalogItem *item)
{
    if (item->effect != KERNEL_EFFECT_CLOSE_PORTS)
        return g_strdup(item->label);

    GString *label = g_string_new(item->label);

    g_string_append(label, " (Port Number: ");
    for (gsize i = 0; i < item->n_ports; i++) {
        PortRange range = item->ports[i];

        g_string_append_printf(label, "%s%u", i ? ", " : "", range.first);
        if (range.last > range.first)
            g_string_append_printf(label, "-%u", range.last);
    }
    return g_string_free(g_string_append_c(label, ')'), FALSE);
}

GVariant *forced_setting_constant(const ForcedSetting *forced)
{
    if (!forced->constant)
        return NULL;

    const CatalogSetting *setting = catalog_find_setting(forced->setting);

    return g_variant_parse(G_VARIANT_TYPE(setting->type), forced->constant, NULL, NULL, NULL);
}
