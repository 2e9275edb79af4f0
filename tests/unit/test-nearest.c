/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/nearest.h"

#include <string.h>

static void test_distance(void)
{
    static const struct {
        const char *a;
        const char *b;
        guint distance;
    } cases[] = {
        {"", "", 0},         {"abc", "abc", 0},   {"abc", "ABC", 0},       {"", "abc", 3},
        {"abc", "", 3},      {"abc", "abd", 1},   {"abc", "abcd", 1},      {"abc", "ac", 1},
        {"abcd", "acbd", 1}, {"ab", "ba", 1},     {"abc", "cba", 2},       {"kitten", "sitting", 3},
        {"abcd", "badc", 2}, {"abab", "baba", 2}, {"abcdef", "uvwxyz", 6},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpuint(edit_distance(cases[i].a, cases[i].b), ==, cases[i].distance);
        g_assert_cmpuint(edit_distance(cases[i].b, cases[i].a), ==, cases[i].distance);
    }
}

static void test_longest(void)
{
    char a[NEAREST_MAX_LENGTH + 1];
    char b[NEAREST_MAX_LENGTH + 1];
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    a[NEAREST_MAX_LENGTH] = b[NEAREST_MAX_LENGTH] = '\0';
    g_assert_cmpuint(edit_distance(a, b), ==, NEAREST_MAX_LENGTH);
}

static void assert_hint(const char *word, const char *expected)
{
    Nearest nearest;
    nearest_init(&nearest, word);
    nearest_offer(&nearest, "RestrictLpdPort");
    nearest_offer(&nearest, "RestrictSlpPort");
    nearest_offer(&nearest, "RestrictIppPort");
    nearest_offer(&nearest, "Tls");
    g_autofree char *hint = nearest_to_hint(&nearest);
    g_assert_cmpstr(hint, ==, expected);
}

static void test_hint(void)
{
    assert_hint("RestrictLpdPort", "; did you mean RestrictLpdPort?");
    assert_hint("RestrictSLPPort", "; did you mean RestrictSlpPort?");
    assert_hint("RestrictIpPort", "; did you mean RestrictIppPort?");
    assert_hint("RestrictPort", "; did you mean RestrictLpdPort?");
    assert_hint("Port", "");
    assert_hint("Tla", "; did you mean Tls?");
    assert_hint("Tl", "; did you mean Tls?");
    assert_hint("T", "");
    assert_hint("", "");
    assert_hint(NULL, "");
}

static void test_too_long(void)
{
    g_autofree char *word = g_strnfill(65536, 'R');
    assert_hint(word, "");
}

/* @word and @candidate are of so many equal letters. */
static void assert_offered(gsize word_length, gsize candidate_length, gboolean expected)
{
    g_autofree char *word = g_strnfill(word_length, 'a');
    g_autofree char *candidate = g_strnfill(candidate_length, 'a');
    Nearest nearest;
    nearest_init(&nearest, word);
    nearest_offer(&nearest, candidate);
    g_assert_cmpint(nearest.best != NULL, ==, expected);
}

static void test_limits(void)
{
    assert_offered(NEAREST_MAX_LENGTH, NEAREST_MAX_LENGTH, TRUE);
    assert_offered(NEAREST_MAX_LENGTH + 1, NEAREST_MAX_LENGTH, FALSE);
    assert_offered(NEAREST_MAX_LENGTH, NEAREST_MAX_LENGTH + 1, FALSE);
    assert_offered(30, 20, TRUE);
    assert_offered(30, 19, FALSE);
    assert_offered(20, 30, TRUE);
    assert_offered(19, 30, FALSE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nearest/distance", test_distance);
    g_test_add_func("/nearest/longest", test_longest);
    g_test_add_func("/nearest/hint", test_hint);
    g_test_add_func("/nearest/too-long", test_too_long);
    g_test_add_func("/nearest/limits", test_limits);
    return g_test_run();
}
