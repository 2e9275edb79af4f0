/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/verdict.h"

#include <string.h>

#include "agent/binding-parse.h"
#include "daemon/policy/text.h"

#define HEAD "[Binding]\nFormatVersion=1\nService=Test\n"

/* The check of this name, of a binding that is kept until the next one is asked for. */
static Binding *kept;

static const BindingCheck *check_of(const char *text)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autofree char *whole = g_strconcat(HEAD, text, NULL);
    binding_free(kept);
    kept = binding_parse("test", whole, strlen(whole), NULL, diagnostics);
    g_autofree char *message = diagnostics_to_message(diagnostics, "binding");
    g_assert_cmpstr(message, ==, "");
    return g_ptr_array_index(kept->checks, 0);
}

#define FLAG   "[Check c]\nSettings=SnmpV1\nCommand=/x\n"
#define NUMBER "[Check c]\nSettings=LockoutPeriodMin\nCommand=/x\n"
#define LEAST  "[Edit e]\nWhen=LockoutPeriodMin\nApply=/x\nUndo=/x\nLeast=6\nMost=9\n"
#define WORD   "[Check c]\nSettings=SntpServer\nCommand=/x\n"

static const struct {
    const char *check;
    const char *demanded;
    const char *text;
    const char *value;
    const char *reason;
} cases[] = {
    {FLAG "Means.false=no off\n", "false", "no\n", "false", ""},
    {FLAG "Means.false=no off\n", "false", " off ", "false", ""},
    {FLAG "Means.false=no off\n", "false", "of", "true", "Test: of"},
    {FLAG "Means.false=no off\n", "false", "", "true", "Test: nothing is set"},
    {FLAG "Means.false=''\n", "false", "", "false", ""},
    {FLAG "Means.true=yes\n", "false", "whatever", "false", ""},
    {FLAG "Means.true=yes\nMeans.false=no\n", "false", "whatever", "true", "Test: whatever"},
    {FLAG "Means.true=yes\nMeans.false=no\n", "true", "whatever", "false", "Test: whatever"},
    {FLAG "Means.false=1..3\n", "false", "2", "false", ""},
    {FLAG "Means.false=1..3\n", "false", "4", "true", "Test: 4"},
    {FLAG "Means.false=no\nAccept=never\n", "false", "never", "false", "Test: never"},
    {NUMBER, "uint32 3", "3\n", "uint32 3", ""},
    {NUMBER, "uint32 3", "4", "uint32 4", "Test: 4"},
    {NUMBER, "uint32 3", "", "uint32 0", "Test: nothing is set"},
    {NUMBER, "uint32 0", "x", "uint32 1", "Test: x"},
    {NUMBER, "uint32 3", "-3", "uint32 0", "Test: -3"},
    {NUMBER "Scale=60\n", "uint32 3", "180", "uint32 3", ""},
    {NUMBER "Scale=60\n", "uint32 3", "181", "uint32 4", "Test: 181"},
    {NUMBER "Scale=60\n", "uint32 3", "120", "uint32 2", "Test: 120"},
    {NUMBER, "uint32 3", "99999999999999", "uint32 4294967295", "Test: 99999999999999"},
    {NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 3", "5", "uint32 3", "Test: 5"},
    {NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 3", "2", "uint32 2", "Test: 2"},
    {LEAST NUMBER, "uint32 4", "6", "uint32 6", "Test: cannot be set below 6"},
    {LEAST NUMBER, "uint32 20", "9", "uint32 9", "Test: cannot be set above 9"},
    {LEAST NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 4", "6", "uint32 6",
     "Test: cannot be set below 6"},
    {LEAST NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 4", "8", "uint32 4", "Test: 8"},
    {LEAST NUMBER, "uint32 7", "7", "uint32 7", ""},
    {NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 8", "8", "uint32 8", ""},
    {NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 8", "14", "uint32 8", "Test: 14"},
    {NUMBER "Accept=${LockoutPeriodMin}..\n", "uint32 8", "7", "uint32 7", "Test: 7"},
    {NUMBER "Accept=1..${LockoutPeriodMin}\n", "uint32 8", "3", "uint32 8", "Test: 3"},
    {NUMBER "Accept=1..${LockoutPeriodMin}\n", "uint32 8", "0", "uint32 0", "Test: 0"},
    {NUMBER "Accept=..-1\n", "uint32 8", "-3", "uint32 8", "Test: -3"},
    {NUMBER "Accept=-2..-1\n", "uint32 8", "-3", "uint32 0", "Test: -3"},
    {WORD, "'a.example'", "a.example\n", "'a.example'", ""},
    {WORD, "'a.example'", "b.example\n", "'b.example'", "Test: b.example"},
    {WORD "Means.a=x\n", "'a'", "x", "'a'", ""},
};

static GVariant *values[CATALOG_N_SETTINGS];

static void ask(const char *check_text, const char *demanded, VerdictQuestion *question)
{
    const BindingCheck *check = check_of(check_text);
    const guint setting = g_array_index(check->settings, guint, 0);
    g_clear_pointer(&values[setting], g_variant_unref);
    values[setting] = g_variant_ref_sink(g_variant_new_parsed(demanded));
    *question = (VerdictQuestion){kept, check, setting, values};
}

static void assert_verdict(const Verdict *verdict, const char *value, const char *reason)
{
    g_autofree char *found = g_variant_print(verdict->value, TRUE);
    g_assert_cmpstr(found, ==, value);
    g_assert_cmpstr(verdict->reason, ==, reason);
}

static void test_text(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        VerdictQuestion question;
        ask(cases[i].check, cases[i].demanded, &question);
        g_auto(Verdict) verdict = verdict_from_text(&question, cases[i].text);
        assert_verdict(&verdict, cases[i].value, cases[i].reason);
        g_assert_cmpint(verdict.good, ==, g_str_equal(cases[i].value, cases[i].demanded));
    }
}

/* Whatever is demanded: what could not be found out is never it. */
static void test_failure(void)
{
    static const struct {
        const char *check;
        const char *demanded;
    } asked[] = {
        {FLAG "Means.false=x\n", "true"},
        {FLAG "Means.false=x\n", "false"},
        {NUMBER, "uint32 0"},
        {NUMBER, "uint32 7"},
        {WORD, "''"},
        {WORD, "'x'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(asked); i++) {
        VerdictQuestion question;
        ask(asked[i].check, asked[i].demanded, &question);
        g_auto(Verdict) verdict = verdict_from_failure(&question, "no answer");
        g_assert_false(verdict.good);
        g_assert_cmpstr(verdict.reason, ==, "Test: no answer");
    }
}

/* A program may print what it likes, and as much. */
static void test_long_text(void)
{
    g_autofree char *text = g_strnfill(5000, 'x');
    text[3] = '\n';
    VerdictQuestion question;

    ask(WORD, "'x'", &question);
    g_auto(Verdict) word = verdict_from_text(&question, text);
    g_assert_false(word.good);
    g_assert_cmpuint(g_variant_get_size(word.value), <, 100);
    g_assert_cmpuint(strlen(word.reason), <, 100);
    g_assert_null(strchr(word.reason, '\n'));
    g_auto(Verdict) failure = verdict_from_failure(&question, text);
    g_assert_cmpuint(strlen(failure.reason), <, 400);
    g_assert_null(strchr(failure.reason, '\n'));
}

/* What is cut is never taken for a demanded word that looks like the cut. */
static void test_cut_is_not_demanded(void)
{
    g_autofree char *text = g_strnfill(5000, 'x');
    g_autofree char *cut = text_sanitize(text, 80);
    g_autofree char *demanded = g_strdup_printf("'%s'", cut);
    VerdictQuestion question;

    ask(WORD, demanded, &question);
    g_auto(Verdict) longer = verdict_from_text(&question, text);
    g_assert_false(longer.good);
    g_auto(Verdict) same = verdict_from_text(&question, cut);
    g_assert_true(same.good);
}

static void test_edit(void)
{
    VerdictQuestion question;
    ask(LEAST NUMBER, "uint32 4", &question);
    g_auto(Verdict) limited = verdict_from_edit(&question, TRUE, NULL);
    assert_verdict(&limited, "uint32 6", "Test: cannot be set below 6");
    ask(LEAST NUMBER, "uint32 8", &question);
    g_auto(Verdict) good = verdict_from_edit(&question, TRUE, NULL);
    assert_verdict(&good, "uint32 8", "");
    g_auto(Verdict) other = verdict_from_edit(&question, FALSE, "7");
    assert_verdict(&other, "uint32 7", "Test: 7");
    ask(FLAG "Means.false=x\n", "false", &question);
    g_auto(Verdict) absent = verdict_from_edit(&question, FALSE, NULL);
    assert_verdict(&absent, "true", "Test: nothing is set");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/text", test_text);
    g_test_add_func("/verdict/failure", test_failure);
    g_test_add_func("/verdict/long-text", test_long_text);
    g_test_add_func("/verdict/cut-is-not-demanded", test_cut_is_not_demanded);
    g_test_add_func("/verdict/edit", test_edit);
    const int result = g_test_run();
    binding_free(kept);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_clear_pointer(&values[i], g_variant_unref);
    return result;
}
