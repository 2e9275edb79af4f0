/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/device-view.h"

#include <string.h>

#include "daemon/policy/catalog.h"

#define MAX_ITEMS      256
#define MAX_SETTINGS   512
#define ITEM_PREFIX    "/org/secpold1/item/"
#define SETTING_PREFIX "/org/secpold1/setting/"

static DeviceView *view_new(GVariant *manager, gint64 read_usec)
{
    DeviceView *view = g_atomic_rc_box_new0(DeviceView);
    view->manager = g_variant_take_ref(manager);
    view->items = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    view->settings =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
    view->counts = g_hash_table_new(g_str_hash, g_str_equal);
    view->read_usec = read_usec;
    return view;
}

DeviceView *device_view_ref(DeviceView *view)
{
    return g_atomic_rc_box_acquire(view);
}

static void view_clear(DeviceView *view)
{
    g_variant_unref(view->manager);
    g_ptr_array_unref(view->items);
    g_hash_table_unref(view->settings);
    g_hash_table_unref(view->counts);
}

void device_view_unref(DeviceView *view)
{
    if (view)
        g_atomic_rc_box_release_full(view, (GDestroyNotify)view_clear);
}

static void add_item(DeviceView *view, GVariant *facts)
{
    const char *state = facts_string(facts, "State");
    const guint count = device_view_count(view, state);
    g_ptr_array_add(view->items, facts);
    g_hash_table_insert(view->counts, (gpointer)state, GUINT_TO_POINTER(count + 1));
}

/* In the order of the list, which the dictionary of objects does not have. */
static void add_items(DeviceView *view, GVariant *list, GVariant *objects)
{
    GVariantIter *rows;
    const char *key;
    g_variant_get(list, "(a(sssvs))", &rows);
    while (view->items->len < MAX_ITEMS &&
           g_variant_iter_next(rows, "(&s&s&sv&s)", &key, NULL, NULL, NULL, NULL)) {
        g_autofree char *path = g_strconcat(ITEM_PREFIX, key, NULL);
        g_autoptr(GVariant) interfaces = g_variant_lookup_value(objects, path, NULL);
        GVariant *facts = interfaces ? g_variant_lookup_value(interfaces, "org.secpold1.Item",
                                                              G_VARIANT_TYPE_VARDICT)
                                     : NULL;
        if (facts)
            add_item(view, facts);
    }
    g_variant_iter_free(rows);
}

static void add_settings(DeviceView *view, GVariant *objects)
{
    GVariantIter iter;
    const char *path;
    GVariant *interfaces;
    g_variant_iter_init(&iter, objects);
    while (g_variant_iter_loop(&iter, "{&o@a{sa{sv}}}", &path, &interfaces)) {
        if (!g_str_has_prefix(path, SETTING_PREFIX) ||
            g_hash_table_size(view->settings) >= MAX_SETTINGS)
            continue;
        GVariant *facts =
            g_variant_lookup_value(interfaces, "org.secpold1.Setting", G_VARIANT_TYPE_VARDICT);
        if (facts)
            g_hash_table_insert(view->settings, g_strdup(path + strlen(SETTING_PREFIX)), facts);
    }
}

DeviceView *device_view_new(GVariant *manager, GVariant *list, GVariant *objects, gint64 now_usec)
{
    DeviceView *view = view_new(g_variant_get_child_value(manager, 0), now_usec);
    g_autoptr(GVariant) dictionary = g_variant_get_child_value(objects, 0);
    add_items(view, list, dictionary);
    add_settings(view, dictionary);
    return view;
}

static GVariant *catalog_facts(const CatalogItem *item)
{
    g_auto(GVariantDict) facts = G_VARIANT_DICT_INIT(NULL);
    g_autofree char *label = catalog_item_display_label(item);
    g_variant_dict_insert(&facts, "Key", "s", item->key);
    g_variant_dict_insert(&facts, "Label", "s", label);
    g_variant_dict_insert(&facts, "Category", "s", category_to_string(item->category));
    g_variant_dict_insert(&facts, "Group", "s", item->group ? item->group : "");
    g_variant_dict_insert(&facts, "Description", "s", item->description);
    g_variant_dict_insert(&facts, "Consequence", "s", item->consequence);
    return g_variant_ref_sink(g_variant_dict_end(&facts));
}

DeviceView *device_view_new_from_catalog(void)
{
    DeviceView *view = view_new(g_variant_new("a{sv}", NULL), 0);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        add_item(view, catalog_facts(&catalog_items[i]));
    return view;
}

GVariant *device_view_setting(const DeviceView *view, const char *name)
{
    return g_hash_table_lookup(view->settings, name);
}

guint device_view_count(const DeviceView *view, const char *state)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(view->counts, state));
}

guint device_view_count_requested(const DeviceView *view)
{
    guint count = 0;
    for (guint i = 0; i < view->items->len; i++) {
        GVariant *item = view->items->pdata[i];
        count += facts_boolean(item, "Requested") &&
                 strcmp(facts_string(item, "State"), "not-available") != 0;
    }
    return count;
}
