/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/ini-scanner.h"

#include "daemon/policy/ini-escape.h"
#include "tests/unit/diagnostics-text.h"

typedef struct Case {
    const char *name;
    const char *text;
    const char *entries; /* "LINE [GROUP] KEY=VALUE;" for each; a damaged value is "?" */
    const char *diagnostics;
} Case;

static char *entries_to_text(const IniFile *ini)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ini->entries->len; i++) {
        const IniEntry *entry = &g_array_index(ini->entries, IniEntry, i);
        g_string_append_printf(text, "%u [%s] %s=%s;", entry->line, entry->group->name, entry->key,
                               entry->value != NULL ? entry->value : "?");
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void assert_scan(const char *text, gsize length, const Case *expected)
{
    g_autofree char *tight = copy_tightly(text, length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) ini = ini_scan(tight, length, NULL, diagnostics);
    g_assert_nonnull(ini);
    g_autofree char *entries = entries_to_text(ini);
    g_assert_cmpstr(entries, ==, expected->entries);
    assert_diagnostics(diagnostics, expected->diagnostics);
}

static void test_case(gconstpointer data)
{
    const Case *expected = data;
    assert_scan(expected->text, strlen(expected->text), expected);
}

static const Case cases[] = {
    {"empty", "", "", ""},
    {"blank-lines", "\n  \n\t\n\r\n", "", ""},
    {"comments", "# a\n  # [b]\n[g]\n#k=v\n\t#\n", "", ""},
    {"entry", "[g]\nk=v\n", "2 [g] k=v;", ""},
    {"last-line-without-end", "[g]\nk=v", "2 [g] k=v;", ""},
    {"blanks-do-not-count", " [g]\t\n\t k \t=\t v w \t\n", "2 [g] k=v w;", ""},
    {"empty-value", "[g]\nk=\nl= \t", "2 [g] k=;3 [g] l=;", ""},
    {"value-holds-equals-and-hash", "[g]\nk==a # b=c;d\n", "2 [g] k==a # b=c;d;", ""},
    {"value-holds-brackets", "[g]\nk=[h]\n", "2 [g] k=[h];", ""},
    {"crlf", "[g]\r\nk=v\r\n\r\n", "2 [g] k=v;", ""},
    {"escapes", "[g]\nk=\\sa\\\\b\\s\n", "2 [g] k= a\\b ;", ""},
    {"escaped-control", "[g]\nk=\\t\\n\\r\n", "2 [g] k=\t\n\r;", ""},
    {"utf-8", "[g]\nk=B\303\274ro \342\202\254\n", "2 [g] k=B\303\274ro \342\202\254;", ""},
    {"two-groups", "[g]\nk=v\n[h]\nk=w\n", "2 [g] k=v;4 [h] k=w;", ""},
    {"foreign-group", "[X-a]\nk=\\q\nk=\\q\n[X-a]\n[g]\nk=v\n", "6 [g] k=v;", ""},
    {"foreign-line", "[X-a]\nnonsense\n", "",
     "2: error: : the line is neither a comment, a [GROUP] nor KEY=VALUE\n"},
    {"unknown-escape", "[g]\nk=a\\qb\nl=w\n", "2 [g] k=?;3 [g] l=w;",
     "2: error: k: after a backslash only s, t, n, r and a backslash have a meaning\n"},
    {"escape-at-end", "[g]\nk=a\\", "2 [g] k=?;",
     "2: error: k: after a backslash only s, t, n, r and a backslash have a meaning\n"},
    {"no-equals", "[g]\nyes\n", "",
     "2: error: : the line is neither a comment, a [GROUP] nor KEY=VALUE\n"},
    {"semicolon", "[g]\n; a\n", "", "2: error: : a comment starts with #, not with ;\n"},
    {"no-key", "[g]\n =v\n", "", "2: error: : there is no key before the =\n"},
    {"before-first-group", "k=v\nl=w\n[g]\n", "1 [] k=v;2 [] l=w;",
     "1: error: k: a key stands before the first group\n"},
    {"open-header", "[g\nk=v\n", "2 [] k=v;", "1: error: : the group lacks its closing ]\n"},
    {"text-after-header", "[g] # a\nk=v\n", "2 [] k=v;",
     "1: error: : text follows the group's ]; a comment needs a line of its own\n"},
    {"nameless-header", "[]\nk=v\n", "2 [] k=v;", "1: error: : the group has no name\n"},
    {"bracket-in-header", "[a[b]\n", "", "1: error: : a group's name holds no [\n"},
    {"two-brackets-in-header", "[[a]\n", "", "1: error: : a group's name holds no [\n"},
    {"duplicate-key-in-damaged-group", "k=v\nk=w\n[a\nk=v\nk=w\n",
     "1 [] k=v;2 [] k=w;4 [] k=v;5 [] k=w;",
     "1: error: k: a key stands before the first group\n"
     "3: error: : the group lacks its closing ]\n"},
    {"only-byte-order-mark", "\357\273\277", "",
     "1: error: : the text starts with a byte order mark; save it without one\n"},
    {"invalid-utf-8-in-comment-with-equals", "[g]\n# k=\374\n", "",
     "2: error: : the line is not valid UTF-8\n"},
    {"invalid-utf-8-in-header-with-equals", "[g=\374]\nk=v\n", "2 [] k=v;",
     "1: error: : the line is not valid UTF-8\n"},
    {"duplicate-key", "[g]\nk=v\n\nk=w\n", "2 [g] k=v;4 [g] k=w;",
     "4: error: k: the key was already given in line 2; remove one of them\n"},
    {"duplicate-group", "[g]\nk=v\n[h]\n[g]\nl=w\n", "2 [g] k=v;5 [g] l=w;",
     "4: error: g: the group already began in line 1; put its keys there\n"},
    {"duplicate-key-in-duplicate-group", "[g]\nk=v\n[g]\nk=w\n", "2 [g] k=v;4 [g] k=w;",
     "3: error: g: the group already began in line 1; put its keys there\n"
     "4: error: k: the key was already given in line 2; remove one of them\n"},
    {"names-differ-by-case", "[g]\nk=v\nK=w\n[G]\n", "2 [g] k=v;3 [g] K=w;", ""},
    {"byte-order-mark", "\357\273\277[g]\nk=v\n", "2 [g] k=v;",
     "1: error: : the text starts with a byte order mark; save it without one\n"},
    {"invalid-utf-8", "[g]\nk=\374\nl=w\n", "2 [g] k=?;3 [g] l=w;",
     "2: error: k: the line is not valid UTF-8\n"},
    {"invalid-utf-8-in-key", "[g]\n\374=v\n", "", "2: error: : the line is not valid UTF-8\n"},
    {"invalid-utf-8-in-comment", "# \374\n", "", "1: error: : the line is not valid UTF-8\n"},
    {"invalid-utf-8-in-header", "[\374]\nk=v\n", "2 [] k=v;",
     "1: error: : the line is not valid UTF-8\n"},
    {"invalid-utf-8-without-equals", "\374\n", "", "1: error: : the line is not valid UTF-8\n"},
    {"truncated-utf-8", "[g]\nk=\303", "2 [g] k=?;", "2: error: k: the line is not valid UTF-8\n"},
    {"control-character", "[g]\nk=a\033[2J\n", "2 [g] k=?;",
     "2: error: k: the line contains U+001B, which is not a character to display\n"},
    {"carriage-return-inside", "[g]\nk=a\rb\n", "2 [g] k=?;",
     "2: error: k: the line contains U+000D, which is not a character to display\n"},
    {"control-character-in-comment", "#\177\n", "",
     "1: error: : the line contains U+007F, which is not a character to display\n"},
    {"line-separator", "[g]\nk=\342\200\250\n", "2 [g] k=?;",
     "2: error: k: the line contains U+2028, which is not a character to display\n"},
    {"beside-noncharacters", "[g]\nk=\357\267\217\357\267\260\357\277\275\n",
     "2 [g] k=\357\267\217\357\267\260\357\277\275;", ""},
    {"last-noncharacter-of-a-block", "[g]\nk=\357\267\257\n", "2 [g] k=?;",
     "2: error: k: the line contains U+FDEF, which is not a character to display\n"},
    {"noncharacter", "[g]\nk=\357\267\220\nl=\360\237\277\276\n", "2 [g] k=?;3 [g] l=?;",
     "2: error: k: the line contains U+FDD0, which is not a character to display\n"
     "3: error: l: the line contains U+1FFFE, which is not a character to display\n"},
    {"damaged-before-first-group", "k=\374\n", "1 [] k=?;",
     "1: error: k: the line is not valid UTF-8\n"
     "1: error: k: a key stands before the first group\n"},
};

static void test_nul(void)
{
    static const char text[] = "[g]\nk=a\0b\nl\0=w\nm=x";
    static const Case expected = {
        .entries = "2 [g] k=?;4 [g] m=x;",
        .diagnostics = "2: error: k: the line contains a NUL byte\n"
                       "3: error: : the line contains a NUL byte\n",
    };
    assert_scan(text, sizeof text - 1, &expected);
}

static void test_file_name(void)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) ini = ini_scan("[", 1, "device.conf", diagnostics);
    assert_diagnostics(diagnostics, "device.conf:1: error: : the group lacks its closing ]\n");
}

static void test_length(void)
{
    g_autofree char *text = g_malloc(INI_MAX_BYTES + 1);
    memset(text, '\n', INI_MAX_BYTES + 1);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) longest = ini_scan(text, INI_MAX_BYTES, NULL, diagnostics);
    g_assert_nonnull(longest);
    assert_diagnostics(diagnostics, "");

    g_autoptr(IniFile) too_long = ini_scan(text, INI_MAX_BYTES + 1, NULL, diagnostics);
    g_assert_null(too_long);
    assert_diagnostics(diagnostics,
                       "0: error: : the text is 65537 bytes long; at most 65536 are read\n");
}

static void test_groups(void)
{
    static const char text[] = "[a]\n [b]\n[c] \r\n[d]\r\n[X-e]\n[";
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) ini = ini_scan(text, strlen(text), NULL, diagnostics);
    static const IniGroup expected[] = {
        {"a", 1, TRUE}, {"b", 2, FALSE},  {"c", 3, FALSE},
        {"d", 4, TRUE}, {"X-e", 5, TRUE}, {"", 6, FALSE},
    };
    g_assert_cmpuint(ini->groups->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < ini->groups->len; i++) {
        const IniGroup *group = ini->groups->pdata[i];
        g_assert_cmpstr(group->name, ==, expected[i].name);
        g_assert_cmpuint(group->line, ==, expected[i].line);
        g_assert_cmpint(group->bare, ==, expected[i].bare);
        g_assert_cmpint(ini_group_is_foreign(group), ==, i == 4);
    }
}

static void assert_escaped(const char *value, const char *expected)
{
    g_autofree char *escaped = ini_escape(value);
    g_assert_cmpstr(escaped, ==, expected);

    g_autofree char *text = g_strdup_printf("[g]\nk=%s\n", escaped);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) ini = ini_scan(text, strlen(text), NULL, diagnostics);
    assert_diagnostics(diagnostics, "");
    g_assert_cmpstr(g_array_index(ini->entries, IniEntry, 0).value, ==, value);
}

static void test_escape(void)
{
    assert_escaped("", "");
    assert_escaped("a b", "a b");
    assert_escaped(" ", "\\s");
    assert_escaped("  a  ", "\\s a \\s");
    assert_escaped("\ta\nb\rc\\d", "\\ta\\nb\\rc\\\\d");
    assert_escaped("\\s", "\\\\s");
    assert_escaped("[a]=#;", "[a]=#;");
}

/* GKeyFile takes the same groups, keys and values from a text without errors; it keeps blanks at
 * the end of a line, so the text has none. */
static void test_gkeyfile_agrees(void)
{
    static const char text[] = "# c\n\n [g]\n k = v w\nl=\\s\\ta\\\\\r\nm=\n[h]\nk==#;\n";
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(IniFile) ini = ini_scan(text, strlen(text), NULL, diagnostics);
    assert_diagnostics(diagnostics, "");
    g_autoptr(GKeyFile) key_file = g_key_file_new();
    g_assert_true(g_key_file_load_from_data(key_file, text, strlen(text), G_KEY_FILE_NONE, NULL));
    g_assert_cmpuint(ini->entries->len, ==, 4);
    for (guint i = 0; i < ini->entries->len; i++) {
        const IniEntry *entry = &g_array_index(ini->entries, IniEntry, i);
        g_autofree char *value =
            g_key_file_get_string(key_file, entry->group->name, entry->key, NULL);
        g_assert_cmpstr(entry->value, ==, value);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/ini-scanner/case/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/ini-scanner/nul", test_nul);
    g_test_add_func("/ini-scanner/file-name", test_file_name);
    g_test_add_func("/ini-scanner/length", test_length);
    g_test_add_func("/ini-scanner/groups", test_groups);
    g_test_add_func("/ini-scanner/escape", test_escape);
    g_test_add_func("/ini-scanner/gkeyfile-agrees", test_gkeyfile_agrees);
    return g_test_run();
}
