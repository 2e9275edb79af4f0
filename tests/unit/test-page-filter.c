/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request asks to see. */
#include "remote-ui/page-filter.h"

#include <string.h>

static char *text_of(const char *query)
{
    g_auto(PageFilter) filter = {0};
    page_filter_parse(&filter, query);
    return g_strdup(filter.text);
}

/* @n times @character, as it stands in an address. */
static char *search_for(const char *character, guint n)
{
    GString *query = g_string_new("q=");
    for (guint i = 0; i < n; i++)
        g_string_append_uri_escaped(query, character, NULL, FALSE);
    return g_string_free(query, FALSE);
}

static void test_text_is_measured_in_characters(void)
{
    static const char *const characters[] = {"a", "\303\274", "\343\203\227", "\360\237\226\250"};
    for (gsize i = 0; i < G_N_ELEMENTS(characters); i++) {
        g_autofree char *most = search_for(characters[i], PAGE_FILTER_MAX_TEXT);
        g_autofree char *taken = text_of(most);
        g_assert_cmpint(g_utf8_strlen(taken, -1), ==, PAGE_FILTER_MAX_TEXT);
        g_autofree char *more = search_for(characters[i], PAGE_FILTER_MAX_TEXT + 1);
        g_autofree char *left = text_of(more);
        g_assert_cmpstr(left, ==, "");
    }
}

static void test_what_is_wrong_is_left_out(void)
{
    static const char *const wrong[] = {
        "q=%", "q=%zz", "q=%00", "q=a%00b", "q=%ff%fe", "q=%c3", "%", "&&&=&", "q", "=q",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = text_of(wrong[i]);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_cmpstr(text, ==, "");
    }
    g_autofree char *last = text_of("q=%ff&q=lpd");
    g_assert_cmpstr(last, ==, "lpd");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page-filter/characters", test_text_is_measured_in_characters);
    g_test_add_func("/page-filter/wrong", test_what_is_wrong_is_left_out);
    return g_test_run();
}
