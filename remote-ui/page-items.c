/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/page-items.h"

#include <string.h>

#include "daemon/policy/catalog.h"

#include "remote-ui/html.h"
#include "remote-ui/words.h"

static GVariant *item_at(const DeviceView *view, guint at)
{
    return at < view->items->len ? view->items->pdata[at] : NULL;
}

static gboolean same(const DeviceView *view, guint a, guint b, const char *property)
{
    GVariant *left = item_at(view, a);
    GVariant *right = item_at(view, b);
    return left && right &&
           strcmp(facts_string(left, property), facts_string(right, property)) == 0;
}

/* The first item after @begin that is not in its category or, for @group, not in its group. */
static guint end_of(const DeviceView *view, guint begin, gboolean group)
{
    guint end = begin + 1;
    while (same(view, begin, end, "Category") && (!group || same(view, begin, end, "Group")))
        end++;
    return end;
}

static gboolean any_matches(const DeviceView *view, const PageFilter *filter, guint begin,
                            guint end)
{
    for (guint i = begin; i < end; i++)
        if (!filter || page_filter_matches(filter, view, item_at(view, i)))
            return TRUE;
    return FALSE;
}

/* The heading is outside of its table: one that a screen reader takes for a table has no place for
 * it. @key: of the first item. */
static void open_table(GString *out, const char *category, const char *group, const char *key,
                       gboolean hidden)
{
    html_add(out, "<div class=\"group\"%s>", hidden ? " hidden=\"\"" : "");
    if (*group)
        html_add(out,
                 "<h3 id=\"group-%s\">%s</h3>"
                 "<table role=\"table\" class=\"items\" aria-labelledby=\"group-%s\">",
                 key, group, key);
    else
        html_add(out, "<table role=\"table\" class=\"items\" aria-labelledby=\"heading-%s\">",
                 category);
    g_string_append(out, "<thead role=\"rowgroup\"><tr role=\"row\">"
                         "<th role=\"columnheader\" scope=\"col\">Policy item</th>"
                         "<th role=\"columnheader\" scope=\"col\">Requested</th>"
                         "<th role=\"columnheader\" scope=\"col\">State</th>"
                         "<th role=\"columnheader\" scope=\"col\">Last verified</th>"
                         "<th role=\"columnheader\" scope=\"col\" class=\"vh\">Details</th>"
                         "</tr></thead><tbody role=\"rowgroup\">");
}

static void add_group(GString *out, const DeviceView *view, const PageFilter *filter,
                      PageItemFlags flags, guint begin, guint end)
{
    GVariant *first = item_at(view, begin);
    open_table(out, facts_string(first, "Category"), facts_string(first, "Group"),
               facts_string(first, "Key"), !any_matches(view, filter, begin, end));
    for (guint i = begin; i < end; i++) {
        const gboolean hidden = filter && !page_filter_matches(filter, view, item_at(view, i));
        page_item_add(out, view, item_at(view, i), flags | (hidden ? PAGE_ITEM_HIDDEN : 0));
    }
    g_string_append(out, "</tbody></table></div>");
}

void page_items_add(GString *out, const DeviceView *view, const PageFilter *filter,
                    PageItemFlags flags)
{
    for (guint begin = 0, end; begin < view->items->len; begin = end) {
        const char *category = facts_string(item_at(view, begin), "Category");
        end = end_of(view, begin, FALSE);
        html_add(out,
                 "<section class=\"category\" id=\"category-%s\" aria-labelledby=\"heading-%s\"%s>"
                 "<h2 id=\"heading-%s\">%s</h2>",
                 category, category, any_matches(view, filter, begin, end) ? "" : " hidden=\"\"",
                 category, category_display_label(category));
        for (guint group = begin; group < end; group = end_of(view, group, TRUE))
            add_group(out, view, filter, flags, group, end_of(view, group, TRUE));
        g_string_append(out, "</section>");
    }
}

void page_categories_add(GString *out, const DeviceView *view)
{
    for (guint begin = 0; begin < view->items->len; begin = end_of(view, begin, FALSE)) {
        const char *category = facts_string(item_at(view, begin), "Category");
        html_add(out, "<li><a href=\"#category-%s\">%s</a></li>", category,
                 category_display_label(category));
    }
}
