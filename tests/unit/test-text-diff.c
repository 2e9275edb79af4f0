/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/text-diff.h"

static void check_show(const char *original, const char *changed, const char *expected)
{
    g_autofree char *shown = text_diff_show(original, changed);
    g_assert_cmpstr(shown, ==, expected);
}

static void test_show(void)
{
    check_show("a\nb\nc\n", "a\nB\nc\nd", "    - b\n    + B\n    + d\n");
    check_show("a\n", "a\n", "");
    check_show("a", "a \n", "    - a\n    + a \n");
}

/* A file may hold what a terminal would obey. */
static void test_show_nothing_harmful(void)
{
    check_show("", "a\033[2Jb\rc\td\n", "    + a\uFFFD[2Jb\uFFFDc d\n");
    check_show("", "\377\n", "    + \uFFFD\n");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text-diff/show", test_show);
    g_test_add_func("/text-diff/show-nothing-harmful", test_show_nothing_harmful);
    return g_test_run();
}
