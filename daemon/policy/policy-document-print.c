/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/ini-escape.h"
#include "daemon/policy/policy-document.h"
#include "daemon/policy/policy-key.h"

static void print_parameter(GString *text, const CatalogParameter *parameter, guint number,
                            const char *host)
{
    if (parameter->kind == VALUE_NUMBER)
        g_string_append_printf(text, "%s=%u\n", parameter->key, number);
    else if (host != NULL)
        g_string_append_printf(text, "%s=%s\n", parameter->key, host);
}

static void print_item(GString *text, const CatalogItem *item, const PolicyItem *request)
{
    if (item->kind == VALUE_NUMBER)
        g_string_append_printf(text, "%s=%u\n", item->key, request->number);
    else
        g_string_append_printf(text, "%s=yes\n", item->key);
    for (gsize i = 0; i < item->n_parameters; i++)
        print_parameter(text, &item->parameters[i], request->parameters[i], request->host);
}

static void print_category(GString *text, Category category, const Policy *policy)
{
    gboolean begun = FALSE;
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        if (catalog_items[i].category != category || !policy->items[i].requested)
            continue;
        if (!begun)
            g_string_append_printf(text, "\n[%s]\n", category_to_string(category));
        begun = TRUE;
        print_item(text, &catalog_items[i], &policy->items[i]);
    }
}

char *policy_document_print(const Policy *policy)
{
    g_autofree char *name = ini_escape(policy->name);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(
        text, "[" POLICY_GROUP "]\nFormatVersion=1\nName=%s\nSerial=%" G_GUINT64_FORMAT "\n", name,
        policy->serial);
    for (guint i = 0; i <= CATEGORY_LAST; i++)
        print_category(text, (Category)i, policy);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *policy_document_digest(const char *document, gsize length)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)document, length);
}
