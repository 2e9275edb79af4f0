/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/facts.h"

const char *facts_string(GVariant *facts, const char *name)
{
    const char *text = "";
    g_variant_lookup(facts, name, "&s", &text);
    return text;
}

gboolean facts_boolean(GVariant *facts, const char *name)
{
    gboolean flag = FALSE;
    g_variant_lookup(facts, name, "b", &flag);
    return flag;
}

guint64 facts_number(GVariant *facts, const char *name)
{
    guint64 number = 0;
    guint32 small;
    if (g_variant_lookup(facts, name, "u", &small))
        return small;
    g_variant_lookup(facts, name, "t", &number);
    return number;
}

GVariant *facts_value(GVariant *facts, const char *name, const char *type)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(facts, name, NULL);
    if (value && g_variant_is_of_type(value, G_VARIANT_TYPE_VARIANT)) {
        GVariant *inner = g_variant_get_variant(value);
        g_variant_unref(value);
        value = inner;
    }
    if (!value || (type && !g_variant_is_of_type(value, G_VARIANT_TYPE(type))))
        return NULL;
    return g_steal_pointer(&value);
}

const char **facts_strings(GVariant *facts, const char *name)
{
    const char **strings = NULL;
    if (!g_variant_lookup(facts, name, "^a&s", &strings))
        strings = g_new0(const char *, 1);
    return strings;
}
