/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as the query of a request to the web page: what is searched for stays within its bounds,
 * and comes out in the page as text and nothing else. */
#include "remote-ui/html.h"
#include "remote-ui/page-filter.h"
#include "tests/fuzz/fuzz.h"

static guint count(const char *text, char character)
{
    guint n = 0;
    for (; *text; text++)
        n += *text == character;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *query = g_strndup((const char *)data, size);
    g_auto(PageFilter) filter = {0};
    g_autoptr(GString) page = g_string_new(NULL);

    page_filter_parse(&filter, query);
    g_assert_true(filter.text && filter.words);
    g_assert_true(g_utf8_validate(filter.text, -1, NULL));
    g_assert_cmpint(g_utf8_strlen(filter.text, -1), <=, PAGE_FILTER_MAX_TEXT);
    html_add(page, "<input value=\"%s\">", filter.text);
    g_assert_cmpuint(count(page->str, '<'), ==, 1);
    g_assert_cmpuint(count(page->str, '>'), ==, 1);
    g_assert_cmpuint(count(page->str, '"'), ==, 2);
    g_assert_cmpuint(count(page->str, '\''), ==, 0);
    return 0;
}
