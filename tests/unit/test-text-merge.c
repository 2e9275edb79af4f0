/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/text-diff.h"
#include "agent/text-merge.h"

static const struct {
    const char *original;
    const char *changed;
    const char *present;
    TextMergeForeign foreign;
    const char *expected;
    guint left;
} cases[] = {
    /* Nobody else was there. */
    {"a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", TEXT_MERGE_LEAVE, "a\nb\nc\n", 0},
    {"a\n", "a\nb\n", "a\nb\n", TEXT_MERGE_LEAVE, "a\n", 0},
    {"a\nb\nc\n", "a\nc\n", "a\nc\n", TEXT_MERGE_LEAVE, "a\nb\nc\n", 0},
    {"", "a\nb\n", "a\nb\n", TEXT_MERGE_LEAVE, "", 0},
    {"a\n", "", "", TEXT_MERGE_LEAVE, "a\n", 0},
    {"a", "a\nb", "a\nb", TEXT_MERGE_LEAVE, "a", 0},
    /* A last line without a line feed that is not the last any more. */
    {"a", "A\n", "A\nx\n", TEXT_MERGE_LEAVE, "a\nx\n", 0},
    {"a\nb", "a\n", "a\nx\n", TEXT_MERGE_LEAVE, "a\nb\nx\n", 0},
    {"u:9", "u:90\n", "v:1\nu:90\nx", TEXT_MERGE_LEAVE, "v:1\nu:9\nx", 0},
    /* Lines of others around ours. */
    {"a\nb\nc\n", "a\nB\nc\n", "0\na\nB\nx\nc\ny\n", TEXT_MERGE_LEAVE, "0\na\nb\nx\nc\ny\n", 0},
    {"a\nb\nc\n", "a\nc\n", "a\nx\nc\n", TEXT_MERGE_LEAVE, "a\nb\nx\nc\n", 0},
    {"a\nb\nc\nd\n", "A\nb\nc\nD\n", "A\nc\nD\n", TEXT_MERGE_LEAVE, "a\nc\nd\n", 0},
    /* Ours itself. */
    {"a\nb\nc\n", "a\nB\nc\n", "a\nX\nc\n", TEXT_MERGE_LEAVE, "a\nX\nc\n", 1},
    {"a\nb\nc\n", "a\nB\nc\n", "a\nX\nc\n", TEXT_MERGE_UNDO, "a\nb\nc\n", 0},
    {"a\nb\nc\n", "a\nB\nc\n", "a\nc\n", TEXT_MERGE_UNDO, "a\nb\nc\n", 0},
    {"a\nb\nc\n", "a\nB\nc\n", "a\nX\nY\nc\n", TEXT_MERGE_UNDO, "a\nX\nY\nc\n", 1},
    {"a\nb\n", "a\nB\n", "a\nX\n", TEXT_MERGE_UNDO, "a\nb\n", 0},
    {"b\n", "B\n", "X\n", TEXT_MERGE_UNDO, "b\n", 0},
    {"", "B\n", "X\n", TEXT_MERGE_UNDO, "", 0},
    {"", "B\n", "X\n", TEXT_MERGE_LEAVE, "X\n", 1},
    {"a\nb\nc\nd\n", "A\nb\nc\nD\n", "X\nb\nc\nD\n", TEXT_MERGE_LEAVE, "X\nb\nc\nd\n", 1},
    /* Ours is one of several words. */
    {"u:old:::9:\n", "u:old:::90:\n", "u:new:::90:\n", TEXT_MERGE_LEAVE, "u:new:::9:\n", 0},
    {"u:old::::\n", "u:old:::90:\n", "u:new:::90:\n", TEXT_MERGE_LEAVE, "u:new::::\n", 0},
    {"u:old:::9:\n", "u:old:::90:\n", "u:new:::80:\n", TEXT_MERGE_LEAVE, "u:new:::80:\n", 1},
    {"u:old:::9:\n", "u:old:::90:\n", "u:new:::80:\n", TEXT_MERGE_UNDO, "u:new:::9:\n", 0},
    {"u:old:::9:\n", "u:old:::90:\n", "u:new:::90:", TEXT_MERGE_UNDO, "u:new:::9:", 0},
    {"k = 9\n", "k = 12\n", "k=7\n", TEXT_MERGE_UNDO, "k = 9\n", 0},
    {"k = 9\n", "k = 12\n", "k=12\n", TEXT_MERGE_LEAVE, "k=12\n", 1},
    /* And a line of several in a row. */
    {"u:a:9\nv:a:9\nw:a:9\n", "u:a:90\nv:a:90\nw:a:90\n", "u:a:90\nv:b:90\nx:a:5\nw:a:90\n",
     TEXT_MERGE_LEAVE, "u:a:9\nv:b:9\nx:a:5\nw:a:9\n", 0},
    {"u:a:9\nv:a:9\nw:a:9\n", "u:a:90\nv:a:90\nw:a:90\n", "u:b:90\nw:b:90\n", TEXT_MERGE_LEAVE,
     "u:b:9\nw:b:9\n", 1},
};

static void test_undo(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint left;
        g_autofree char *text = text_merge_undo(cases[i].original, cases[i].changed,
                                                cases[i].present, cases[i].foreign, &left);
        g_assert_cmpstr(text, ==, cases[i].expected);
        g_assert_cmpuint(left, ==, cases[i].left);
    }
}

static char *random_text(GRand *random)
{
    GString *text = g_string_new(NULL);
    const gint n = g_rand_int_range(random, 0, 9);
    for (gint i = 0; i < n; i++)
        g_string_append_printf(text, "%c\n", 'a' + g_rand_int_range(random, 0, 3));
    return g_string_free(text, FALSE);
}

/* Whatever was done, where nobody came between it is undone to the byte. */
static void test_alone(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    for (guint i = 0; i < 20000; i++) {
        g_autofree char *original = random_text(random);
        g_autofree char *changed = random_text(random);
        guint left;
        g_autofree char *text =
            text_merge_undo(original, changed, changed, TEXT_MERGE_LEAVE, &left);
        g_assert_cmpstr(text, ==, original);
        g_assert_cmpuint(left, ==, 0);
    }
}

/* Three texts that have nothing to do with each other: no line of others is lost. */
static void test_strangers(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2);
    for (guint i = 0; i < 20000; i++) {
        g_autofree char *original = random_text(random);
        g_autofree char *changed = random_text(random);
        g_autofree char *present = random_text(random);
        g_autofree char *theirs = g_strconcat(present, "mine\n", NULL);
        guint left;
        g_autofree char *text = text_merge_undo(original, changed, theirs, TEXT_MERGE_LEAVE, &left);
        g_assert_nonnull(g_strrstr(text, "mine\n"));
    }
}

static void test_size(void)
{
    g_autoptr(GString) a = g_string_new(NULL);
    g_autoptr(GString) b = g_string_new(NULL);
    for (guint i = 0; i < TEXT_DIFF_MAX_LINES + 1; i++) {
        g_string_append_printf(a, "a%u\n", i);
        g_string_append_printf(b, "b%u\n", i);
    }
    guint left;
    g_autofree char *text = text_merge_undo("x\n", a->str, b->str, TEXT_MERGE_LEAVE, &left);
    g_assert_cmpstr(text, ==, b->str);
    g_assert_cmpuint(left, ==, 1);
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text-merge/undo", test_undo);
    g_test_add_func("/text-merge/alone", test_alone);
    g_test_add_func("/text-merge/strangers", test_strangers);
    g_test_add_func("/text-merge/size", test_size);
    return g_test_run();
}
