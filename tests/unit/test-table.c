/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/table.h"

static const Terminal piped = {.colors = FALSE, .utf8 = TRUE, .width = 0};

static void check_table(const Table *table, const Terminal *terminal, gboolean with_header,
                        const char *expected)
{
    g_autofree char *text = table_to_string(table, terminal, with_header);
    g_assert_cmpstr(text, ==, expected);
}

static Table *new_example(TableOverflow overflow)
{
    static const char *const header[] = {"KEY", "STATE", "LABEL", NULL};

    Table *table = table_new(header, overflow);
    table_add_heading(table, 0, COLOR_BOLD, "Network, which is longer than a column");
    table_add_row(table, 2);
    table_add_cell(table, COLOR_NONE, "Lpd");
    table_add_cell(table, COLOR_GREEN, "enforced");
    table_add_cell(table, COLOR_NONE, "Restrict LPD Port now");
    table_add_row(table, 4);
    table_add_cell(table, COLOR_NONE, "Raw");
    table_add_cell(table, COLOR_NONE, "off");
    return table;
}

static void test_alignment(void)
{
    g_autoptr(Table) table = new_example(TABLE_CUT);
    check_table(table, &piped, TRUE,
                "KEY      STATE     LABEL\n"
                "Network, which is longer than a column\n"
                "  Lpd    enforced  Restrict LPD Port now\n"
                "    Raw  off\n");
    check_table(table, &piped, FALSE,
                "Network, which is longer than a column\n"
                "  Lpd    enforced  Restrict LPD Port now\n"
                "    Raw  off\n");
}

static void test_header_widens(void)
{
    static const char *const header[] = {"A LONG NAME", "B", NULL};

    g_autoptr(Table) table = table_new(header, TABLE_CUT);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "a");
    table_add_cell(table, COLOR_NONE, "b");
    check_table(table, &piped, TRUE, "A LONG NAME  B\na            b\n");
    check_table(table, &piped, FALSE, "a  b\n");
}

static void test_right_aligned(void)
{
    static const char *const header[] = {"", "", NULL};

    g_autoptr(Table) table = table_new(header, TABLE_CUT);
    table_align_right(table, 0);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "Policy:");
    table_add_cell(table, COLOR_NONE, "Office");
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "Id:");
    table_add_cell(table, COLOR_NONE, "1");
    check_table(table, &piped, TRUE, "Policy: Office\n    Id: 1\n");
}

static void test_cut(void)
{
    const Terminal narrow = {.utf8 = TRUE, .width = 30};
    const Terminal ascii = {.utf8 = FALSE, .width = 30};

    g_autoptr(Table) table = new_example(TABLE_CUT);
    check_table(table, &narrow, FALSE,
                "Network, which is longer than…\n"
                "  Lpd    enforced  Restrict L…\n"
                "    Raw  off\n");
    check_table(table, &ascii, FALSE,
                "Network, which is longer th...\n"
                "  Lpd    enforced  Restrict...\n"
                "    Raw  off\n");
}

/* All of it is there when asked for, and to a file it always is. */
static void test_full(void)
{
    const Terminal narrow = {.utf8 = TRUE, .width = 30, .full = TRUE};

    g_autoptr(Table) table = new_example(TABLE_CUT);
    check_table(table, &narrow, FALSE,
                "Network, which is longer than a column\n"
                "  Lpd    enforced  Restrict LPD Port now\n"
                "    Raw  off\n");
}

static Table *new_wide_example(void)
{
    static const char *const header[] = {"KEY", "COUNT", "WHO", "LAST", NULL};

    Table *table = table_new(header, TABLE_CUT);
    table_align_right(table, 1);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "RestrictLpdPort");
    table_add_cell(table, COLOR_NONE, "1234567890123");
    table_add_cell(table, COLOR_GREEN, "2001:db8:1234:5678::1");
    table_add_cell(table, COLOR_NONE, "yesterday at noon");
    return table;
}

/* The widest columns give first, the one that names the row last, and numbers stay whole. */
static void test_cut_in_the_middle(void)
{
    const Terminal wide = {.utf8 = TRUE, .width = 65};
    const Terminal narrow = {.utf8 = TRUE, .colors = TRUE, .width = 52};
    const Terminal tiny = {.utf8 = TRUE, .width = 20};

    g_autoptr(Table) table = new_wide_example();
    check_table(table, &wide, FALSE,
                "RestrictLpdPort  1234567890123 2001:db8:1234:5…  yesterday at no…\n");
    check_table(table, &narrow, FALSE,
                "RestrictLpdPort  1234567890123 "
                "\033[0;1;32m2001:db8:…\033[0m  yesterda…\n");
    check_table(table, &tiny, FALSE, "Restric…  1234567890123 2001:db…  yesterd…\n");
}

static void test_fits_exactly(void)
{
    const Terminal exact = {.utf8 = TRUE, .width = 40};

    g_autoptr(Table) table = new_example(TABLE_CUT);
    check_table(table, &exact, FALSE,
                "Network, which is longer than a column\n"
                "  Lpd    enforced  Restrict LPD Port now\n"
                "    Raw  off\n");
}

static void test_wrap(void)
{
    const Terminal narrow = {.utf8 = TRUE, .width = 32};

    g_autoptr(Table) table = new_example(TABLE_WRAP);
    check_table(table, &narrow, FALSE,
                "Network, which is longer than a\n"
                "column\n"
                "  Lpd    enforced  Restrict LPD\n"
                "                   Port now\n"
                "    Raw  off\n");
}

/* Where little is left for the last column, the others give. */
static void test_wrap_squeezes(void)
{
    static const char *const header[] = {"KEY", "STATE", "WHY", NULL};
    const Terminal narrow = {.utf8 = TRUE, .width = 40};

    g_autoptr(Table) table = table_new(header, TABLE_WRAP);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "Lpd");
    table_add_cell(table, COLOR_NONE, "a state that is long");
    table_add_cell(table, COLOR_NONE, "no agent has said anything yet");
    check_table(table, &narrow, FALSE,
                "Lpd  a state that…  no agent has said\n"
                "                    anything yet\n");
}

/* A row that cannot be told from others says nothing, so that the text is wrapped narrower first.
 */
static void test_wrap_squeezes_the_first_column_last(void)
{
    static const char *const header[] = {"", "", "", NULL};
    const Terminal narrow = {.utf8 = TRUE, .width = 36};
    const Terminal tiny = {.utf8 = TRUE, .width = 26};

    g_autoptr(Table) table = table_new(header, TABLE_WRAP);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "RestrictLpdPort");
    table_add_cell(table, COLOR_NONE, "off");
    table_add_cell(table, COLOR_NONE, "nobody has said anything");
    check_table(table, &narrow, FALSE,
                "RestrictLpdPort  off  nobody has\n"
                "                      said anything\n");
    check_table(table, &tiny, FALSE,
                "Restric…  off  nobody has\n"
                "               said\n"
                "               anything\n");
    table_keep_whole(table, 0);
    check_table(table, &tiny, FALSE,
                "RestrictLpdPort  off  nobody\n"
                "                      has said\n"
                "                      anything\n");
}

static void test_wrap_long_word(void)
{
    static const char *const header[] = {"", NULL};
    const Terminal narrow = {.utf8 = TRUE, .width = 8};

    g_autoptr(Table) table = table_new(header, TABLE_WRAP);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "0123456789abcdefgh ij");
    check_table(table, &narrow, FALSE, "01234567\n89abcdef\ngh ij\n");
}

/* A terminal shows ideographs two columns wide, and combining marks on top of what is before. */
static void test_wide_characters(void)
{
    static const char *const header[] = {"", "", NULL};
    const Terminal narrow = {.utf8 = TRUE, .width = 17};

    g_autoptr(Table) table = table_new(header, TABLE_CUT);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "印刷");
    table_add_cell(table, COLOR_NONE, "印刷印刷印刷印刷");
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "Büro");
    table_add_cell(table, COLOR_NONE, "x");
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "e\xcc\x81t\xc3\xa9");
    table_add_cell(table, COLOR_NONE, "y");
    check_table(table, &piped, FALSE, "印刷  印刷印刷印刷印刷\nBüro  x\ne\xcc\x81t\xc3\xa9   y\n");
    check_table(table, &narrow, FALSE, "印刷  印刷印刷印…\nBüro  x\ne\xcc\x81t\xc3\xa9   y\n");
}

/* Where half of an ideograph had to go, a blank stands for the other half. */
static void test_wide_characters_are_cut_whole(void)
{
    static const char *const header[] = {"", "", NULL};
    const Terminal narrow = {.utf8 = TRUE, .width = 18};

    g_autoptr(Table) table = table_new(header, TABLE_CUT);
    for (guint i = 0; i < 2; i++) {
        table_add_row(table, 0);
        table_add_cell(table, COLOR_NONE, i == 0 ? "印刷印刷印" : "plain letters");
        table_add_cell(table, COLOR_NONE, "yesterday");
    }
    check_table(table, &narrow, FALSE, "印刷印…   yesterd…\nplain l…  yesterd…\n");
}

static void test_colors(void)
{
    const Terminal colored = {.colors = TRUE, .utf8 = TRUE, .width = 0};

    g_autoptr(Table) table = new_example(TABLE_CUT);
    check_table(table, &colored, FALSE,
                "\033[0;1;39mNetwork, which is longer than a column\033[0m\n"
                "  Lpd    \033[0;1;32menforced\033[0m  Restrict LPD Port now\n"
                "    Raw  off\n");
}

static void test_escape(void)
{
    static const struct {
        const char *text;
        const char *escaped;
    } cases[] = {
        {"plain", "plain"},
        {"Büro 印刷", "Büro 印刷"},
        {"\033[31mred", "\\x1b[31mred"},
        {"two\nlines\ttab", "two\\x0alines\\x09tab"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b", "\\x9b"},         /* a control sequence in one character */
        {"\xe2\x80\xae!", "\\u202e!"}, /* turns the text around */
        {"\xe2\x80\xa8", "\\u2028"},   /* line separator */
        {"bad \xff utf-8", "bad \xef\xbf\xbd utf-8"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *escaped = terminal_escape(cases[i].text);
        g_assert_cmpstr(escaped, ==, cases[i].escaped);
    }
}

static void test_cells_are_escaped(void)
{
    static const char *const header[] = {"", NULL};

    g_autoptr(Table) table = table_new(header, TABLE_CUT);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, "a\nb");
    check_table(table, &piped, FALSE, "a\\x0ab\n");
}

static void test_wants_colors(void)
{
    g_assert_true(terminal_wants_colors(NULL, NULL, "xterm", TRUE));
    g_assert_false(terminal_wants_colors(NULL, NULL, NULL, TRUE));
    g_assert_false(terminal_wants_colors(NULL, NULL, "", TRUE));
    g_assert_true(terminal_wants_colors(NULL, "", "xterm", TRUE));
    g_assert_true(terminal_wants_colors("garbage", NULL, "xterm", TRUE));
    g_assert_false(terminal_wants_colors(NULL, NULL, "xterm", FALSE));
    g_assert_false(terminal_wants_colors(NULL, NULL, "dumb", TRUE));
    g_assert_false(terminal_wants_colors(NULL, "1", "xterm", TRUE));
    g_assert_false(terminal_wants_colors("0", NULL, "xterm", TRUE));
    g_assert_false(terminal_wants_colors("No", NULL, "xterm", TRUE));
    g_assert_true(terminal_wants_colors("1", "1", "dumb", FALSE));
    g_assert_true(terminal_wants_colors("true", NULL, NULL, FALSE));
    g_assert_true(terminal_wants_colors("256", "1", NULL, FALSE));
    g_assert_true(terminal_wants_colors("16", NULL, "dumb", TRUE));
    g_assert_true(terminal_wants_colors("auto-16", NULL, "xterm", TRUE));
    g_assert_false(terminal_wants_colors("auto-256", NULL, "xterm", FALSE));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/alignment", test_alignment);
    g_test_add_func("/table/header-widens", test_header_widens);
    g_test_add_func("/table/right-aligned", test_right_aligned);
    g_test_add_func("/table/cut", test_cut);
    g_test_add_func("/table/full", test_full);
    g_test_add_func("/table/cut-in-the-middle", test_cut_in_the_middle);
    g_test_add_func("/table/fits-exactly", test_fits_exactly);
    g_test_add_func("/table/wrap", test_wrap);
    g_test_add_func("/table/wrap-squeezes", test_wrap_squeezes);
    g_test_add_func("/table/wrap-squeezes-first-last", test_wrap_squeezes_the_first_column_last);
    g_test_add_func("/table/wrap-long-word", test_wrap_long_word);
    g_test_add_func("/table/wide-characters", test_wide_characters);
    g_test_add_func("/table/wide-characters-cut", test_wide_characters_are_cut_whole);
    g_test_add_func("/table/colors", test_colors);
    g_test_add_func("/table/cells-are-escaped", test_cells_are_escaped);
    g_test_add_func("/terminal/escape", test_escape);
    g_test_add_func("/terminal/wants-colors", test_wants_colors);
    return g_test_run();
}
