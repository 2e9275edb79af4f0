/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the web page keeps of the device: the latest, and nothing of what it has read before. */
#include "remote-ui/device-view.h"

#include <malloc.h>

#define READS 20000
/* Less than what a single byte for each read would come to. */
#define MAX_GROWTH (READS / 2)

static GVariant *parse(const char *type, const char *text)
{
    g_autoptr(GError) error = NULL;
    GVariant *value = g_variant_parse(G_VARIANT_TYPE(type), text, NULL, NULL, &error);
    g_assert_no_error(error);
    return value;
}

/* As secpold answers it. */
static DeviceView *read_once(void)
{
    g_autoptr(GVariant) manager = parse("(a{sv})", "({'State': <'enforcing'>},)");
    g_autoptr(GVariant) list = parse("(a(sssvs))", "([('B', '', '', <true>, ''), "
                                                   "('A', '', '', <true>, '')],)");
    g_autoptr(GVariant) objects =
        parse("(a{oa{sa{sv}}})",
              "({'/org/secpold1/item/A': {'org.secpold1.Item': {'State': <'off'>}},"
              "  '/org/secpold1/item/B': {'org.secpold1.Item': {'State': <'enforced'>}},"
              "  '/org/secpold1/setting/S': {'org.secpold1.Setting': {'Name': <'S'>}}},)");
    return device_view_new(manager, list, objects, 1);
}

static void test_content(void)
{
    g_autoptr(DeviceView) view = read_once();
    g_assert_cmpstr(facts_string(view->manager, "State"), ==, "enforcing");
    g_assert_cmpuint(view->items->len, ==, 2);
    g_assert_cmpstr(facts_string(view->items->pdata[0], "State"), ==, "enforced");
    g_assert_cmpuint(device_view_count(view, "enforced"), ==, 1);
    g_assert_cmpuint(device_view_count(view, "off"), ==, 1);
    g_assert_cmpuint(device_view_count(view, "violated"), ==, 0);
    g_assert_nonnull(device_view_setting(view, "S"));
    g_assert_null(device_view_setting(view, "T"));
}

static void test_catalog(void)
{
    g_autoptr(DeviceView) view = device_view_new_from_catalog();
    g_assert_cmpuint(view->items->len, ==, 45);
    g_assert_cmpuint(device_view_count(view, ""), ==, 45);
}

static void read_often(guint times)
{
    for (guint i = 0; i < times; i++) {
        g_autoptr(DeviceView) view = read_once();
        device_view_unref(device_view_ref(view));
    }
}

static void test_memory(void)
{
    /* GLib's slices and malloc keep some of what is freed at hand, and more of it for a while. */
    read_often(READS);
    const gsize before = mallinfo2().uordblks;
    read_often(READS);
    const gsize after = mallinfo2().uordblks;
    g_test_message("%zu bytes before, %zu after %d reads", before, after, READS);
    g_assert_cmpuint(after, <, before + MAX_GROWTH);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-view/content", test_content);
    g_test_add_func("/device-view/catalog", test_catalog);
    g_test_add_func("/device-view/memory", test_memory);
    return g_test_run();
}
