/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/policy-template.h"

#include "daemon/policy/catalog.h"

#include <string.h>

/* Comments are broken here, their "# " included. */
#define LINE_WIDTH 80

static const char head[] =
    "# A printer security policy with every item there is, to edit.\n"
    "#\n"
    "# Nothing is asked for yet. Write yes where it says no; where a number or a\n"
    "# name is wanted, take the # away and put in your own. Then:\n"
    "#\n"
    "#   secpolctl check FILE                  finds mistakes\n"
    "#   secpolctl diff FILE                   tells what would change on a device\n"
    "#   secpolctl import FILE --confirm=5min  puts it in force, on trial\n"
    "#\n"
    "# Each edition that is imported needs a higher Serial. All about this file is in\n"
    "# secpold.policy(5).\n"
    "\n"
    "[Policy]\n"
    "FormatVersion=1\n"
    "Name=Unnamed policy\n"
    "Serial=1\n";

static void append_comment(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize used = LINE_WIDTH;
    for (gsize i = 0; words[i]; i++) {
        gsize length = g_utf8_strlen(words[i], -1);
        if (used + 1 + length > LINE_WIDTH) {
            g_string_append(out, i == 0 ? "#" : "\n#");
            used = 1;
        }
        g_string_append_printf(out, " %s", words[i]);
        used += 1 + length;
    }
    g_string_append_c(out, '\n');
}

/* An example that a reader replaces; somewhere within the range. */
static void append_parameter(GString *out, const CatalogParameter *parameter)
{
    if (parameter->kind == VALUE_HOST) {
        g_string_append_printf(out, "# A host name or an address:\n#%s=ntp.example.org\n",
                               parameter->key);
        return;
    }
    g_string_append_printf(out, "# %u to %u %s:\n#%s=%u\n", parameter->minimum, parameter->maximum,
                           parameter->unit, parameter->key, parameter->standard);
}

static void append_item(GString *out, const CatalogItem *item)
{
    g_autofree char *label = catalog_item_display_label(item);
    g_string_append_c(out, '\n');
    append_comment(out, label);
    append_comment(out, item->description);
    append_comment(out, item->consequence);
    if (item->parent) {
        g_autofree char *needs = g_strdup_printf("Needs %s=yes.", item->parent);
        append_comment(out, needs);
    }
    if (item->kind == VALUE_NUMBER) {
        g_string_append_printf(out, "# %u to %u %s:\n#%s=%u\n", item->minimum, item->maximum,
                               item->unit, item->key, item->maximum / 2);
    } else {
        g_string_append_printf(out, "%s=no\n", item->key);
    }
    for (gsize i = 0; i < item->n_parameters; i++) {
        append_parameter(out, &item->parameters[i]);
    }
}

static void append_category(GString *out, Category category)
{
    const char *group = NULL;
    g_string_append_printf(out, "\n[%s]\n", category_to_string(category));
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        const CatalogItem *item = &catalog_items[i];
        if (item->category != category) {
            continue;
        }
        if (item->group && g_strcmp0(item->group, group) != 0) {
            g_string_append_printf(out, "\n## %s\n", item->group);
        }
        group = item->group;
        append_item(out, item);
    }
}

char *policy_template(void)
{
    GString *out = g_string_new(head);
    for (guint i = 0; i <= CATEGORY_LAST; i++) {
        append_category(out, (Category)i);
    }
    return g_string_free(out, FALSE);
}
