/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/tree-edit.h"
#include "agent/tree-text.h"

#include <string.h>

#include "agent/binding-parse.h"

#define HEAD  "[Binding]\nFormatVersion=1\nService=Test\n[Edit e]\nFile=/x\n"
#define CHECK "[Check c]\nSettings=LockoutThreshold LockoutPeriodMin\nEdit=e\n"

/* The binding owns the edit. */
static Binding *binding_with(const char *lines)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autofree char *text =
        g_strconcat(HEAD "When=LockoutThreshold LockoutPeriodMin\n", lines, CHECK, NULL);
    Binding *binding = binding_parse("test", text, strlen(text), NULL, diagnostics);
    g_autofree char *message = diagnostics_to_message(diagnostics, "edit");
    g_assert_cmpstr(message, ==, "");
    return binding;
}

static GVariant *values[CATALOG_N_SETTINGS];

static void lock(const char *setting, guint32 number)
{
    values[catalog_setting_index(catalog_find_setting(setting))] =
        g_variant_ref_sink(g_variant_new_uint32(number));
}

#define SIMPLE "Lens=Simplevars.lns\nPath=deny\nValue=${LockoutThreshold}\n"
#define HTTPD  "Lens=Httpd.lns\n"
#define BROWSING                                                                                   \
    HTTPD "Path=directive[. = 'Browsing']\nCreate=directive\nValue=Browsing\nSet.arg=No\n"
#define SECTIONS "Lens=Sssd.lns\nEach=target[. =~ regexp('d/.*')]\nPath=cache\nValue=no\n"

static const struct {
    const char *edit;
    const char *before;
    const char *after;
} cases[] = {
    {SIMPLE, "# deny = 1\ndeny = 9  # nine\n\nx = 1\n", "# deny = 1\ndeny = 3  # nine\n\nx = 1\n"},
    {SIMPLE, "", "deny = 3\n"},
    {SIMPLE, "deny=3\n", "deny=3\n"},
    {SIMPLE, "x = 1", "x = 1\ndeny = 3\n"},
    {SIMPLE "Keep=1..${LockoutThreshold}\n", "deny=2\n", "deny=2\n"},
    {SIMPLE "Keep=1..${LockoutThreshold}\n", "deny=4\n", "deny=3\n"},
    {SIMPLE "Least=5\n", "deny=9\n", "deny=5\n"},
    {SIMPLE "Most=2\n", "deny=9\n", "deny=2\n"},
    {"Lens=Simplevars.lns\nPath=t\nValue=${LockoutPeriodMin*60}\n", "t=1\n", "t=180\n"},
    {"Lens=Simplevars.lns\nPath=t\nRemove=yes\n", "a=1\nt=1\nb=2\nt=2\n", "a=1\nb=2\n"},
    {"Lens=Simplevars.lns\nPath=t\nRemove=yes\n", "a=1\n", "a=1\n"},
    {BROWSING, "# c\nBrowsing  Yes\nPort 631\n", "# c\nBrowsing  No\nPort 631\n"},
    {BROWSING, "Port 631\n", "Port 631\nBrowsing No\n"},
    {BROWSING "Before=directive[. = 'Port']\n", "A b\nPort 631\n", "A b\nBrowsing No\nPort 631\n"},
    {BROWSING "After=directive[. = 'A']\n", "A b\nPort 631\n", "A b\nBrowsing No\nPort 631\n"},
    {BROWSING "After=directive[. = 'none']\n", "A b\n", "A b\nBrowsing No\n"},
    {SECTIONS, "[d/a]\ncache=yes\n[s]\ncache=yes\n[d/b]\nx=1\n",
     "[d/a]\ncache=no\n[s]\ncache=yes\n[d/b]\nx=1\ncache=no\n"},
    {SECTIONS, "[s]\ncache=yes\n", "[s]\ncache=yes\n"},
};

static gboolean holds(const BindingEdit *edit, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *found = NULL;
    gboolean result;
    g_assert_true(tree_edit_holds(edit, text, values, &result, &found, &error));
    g_assert_no_error(error);
    return result;
}

static void test_apply(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Binding) binding = binding_with(cases[i].edit);
        const BindingEdit *edit = g_ptr_array_index(binding->edits, 0);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = tree_edit_apply(edit, cases[i].before, values, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(text, ==, cases[i].after);
        g_assert_true(holds(edit, text));
        g_assert_cmpint(holds(edit, cases[i].before), ==,
                        g_str_equal(cases[i].before, cases[i].after));
        g_autofree char *again = tree_edit_apply(edit, text, values, &error);
        g_assert_cmpstr(again, ==, text);
    }
}

static void test_found(void)
{
    g_autoptr(Binding) binding = binding_with(SIMPLE);
    const BindingEdit *edit = g_ptr_array_index(binding->edits, 0);
    g_autofree char *found = NULL;
    gboolean result;
    g_assert_true(tree_edit_holds(edit, "deny = 9\n", values, &result, &found, NULL));
    g_assert_false(result);
    g_assert_cmpstr(found, ==, "9");
}

static const struct {
    const char *edit;
    const char *text;
    const char *message;
} bad[] = {
    {SIMPLE, "a=1\n%% b\n",
     "edit e: /x: lens Simplevars.lns cannot read the file, line 2: parse_failed"},
    /* Where Augeas would end the program. */
    {"Lens=Simplevars.lns\nPath=a b\nValue=c\n", "x=\003\n",
     "edit e: /x: a byte 3 or 4 stands in the file"},
    {SIMPLE, "a=\004\n", "edit e: /x: a byte 3 or 4 stands in the file"},
    {"Lens=Nosuch.lns\nPath=a\nValue=b\n", "",
     "edit e: /x: lens Nosuch.lns cannot read the file: Lens not found"},
    {"Lens=Simplevars.lns\nPath=a\nSet.b=c\n", "x=1\n",
     "edit e: /x: lens Simplevars.lns cannot write what the edit makes of it: put_failed"},
    {"Lens=Simplevars.lns\nPath=a b\nValue=c\n", "x=1\n",
     "edit e: /x: lens Simplevars.lns cannot write what the edit makes of it: put_failed"},
    {"Lens=Simplevars.lns\nPath=a[\nCreate=a\nValue=c\n", "x=1\n",
     "edit e: /x: cannot look for its nodes: "},
};

static void test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Binding) binding = binding_with(bad[i].edit);
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            tree_edit_apply(g_ptr_array_index(binding->edits, 0), bad[i].text, values, &error);
        g_assert_null(text);
        g_assert_nonnull(error);
        g_assert_true(g_str_has_prefix(error->message, bad[i].message));
    }
}

#define SECRET  "$y$j9T$Zk3QwLtr"
#define ACCOUNT "root:" SECRET ":19000:0:99999:7:::\n"
#define SHADOW  "Lens=Shadow.lns\nPath=root/maximum_days\n"

static const struct {
    const char *edit;
    const char *text;
} secrets[] = {
    {SHADOW "Value=90\n", "root:" SECRET "\n"},
    {SHADOW "Value=90\n", ACCOUNT SECRET "\n"},
    {SHADOW "Value=90\n", ACCOUNT "bin:" SECRET ":many:0:99999:7:::\n"},
    {SHADOW "Value=ninety\n", ACCOUNT},
    {"Lens=Shadow.lns\nPath=root/nosuch\nValue=90\n", ACCOUNT},
    {"Lens=Shadow.lns\nPath=root/password\nRemove=yes\n", ACCOUNT},
    {"Lens=Shadow.lns\nEach=*\nPath=nosuch\nValue=90\n", SECRET ":x:19000:0:99999:7:::\n"},
    {"Lens=Shadow.lns\nEach=*\nPath=a b\nValue=90\n", ACCOUNT},
};

/* Augeas would quote what it fails at. */
static void test_no_error_quotes_the_text(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
        g_autoptr(Binding) binding = binding_with(secrets[i].edit);
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            tree_edit_apply(g_ptr_array_index(binding->edits, 0), secrets[i].text, values, &error);
        g_assert_null(text);
        g_assert_nonnull(error);
        g_assert_true(g_str_has_prefix(error->message, "edit e: /x: "));
        g_assert_null(strstr(error->message, "Zk3Q"));
        g_assert_null(strstr(error->message, "19000"));
    }
}

static void test_lenses(void)
{
    g_assert_true(tree_text_lens_exists("Simplevars.lns"));
    g_assert_true(tree_text_lens_exists("Shadow.lns"));
    g_assert_false(tree_text_lens_exists("Nosuch.lns"));
    g_assert_false(tree_text_lens_exists("Simplevars.nosuch"));
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    lock("LockoutThreshold", 3);
    lock("LockoutPeriodMin", 3);
    g_test_add_func("/tree-edit/apply", test_apply);
    g_test_add_func("/tree-edit/found", test_found);
    g_test_add_func("/tree-edit/bad", test_bad);
    g_test_add_func("/tree-edit/no-error-quotes-the-text", test_no_error_quotes_the_text);
    g_test_add_func("/tree-edit/lenses", test_lenses);
    const int result = g_test_run();
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_clear_pointer(&values[i], g_variant_unref);
    return result;
}
