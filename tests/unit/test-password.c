/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/password.h"

#include <string.h>
#include <unistd.h>

typedef struct Case {
    const char *name;
    const char *text;
    const char *message; /* NULL where it is a password */
} Case;

static const Case cases[] = {
    {"shortest", "a", NULL},
    {"umlauts", "Bürö €", NULL},
    {"blanks-count", " a ", NULL},
    {"empty", "", "the password is empty"},
    {"tab", "a\tb", "the password contains a control character"},
    {"escape", "\033[A", "the password contains a control character"},
    {"carriage-return", "a\r", "the password contains a control character"},
    {"latin-1", "B\374ro", "the password is not valid UTF-8"},
    {"cut-utf-8", "B\303", "the password is not valid UTF-8"},
};

static void assert_refused(const Password *password, const GError *error, const char *message)
{
    g_assert_null(password);
    g_assert_error(error, PASSWORD_ERROR, PASSWORD_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, message);
}

static void test_case(gconstpointer data)
{
    const Case *expected = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(Password) password = password_new(expected->text, strlen(expected->text), &error);
    if (expected->message != NULL) {
        assert_refused(password, error, expected->message);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpstr(password_text(password), ==, expected->text);
    g_assert_cmpuint(password_length(password), ==, strlen(expected->text));
}

static void test_length(void)
{
    g_autofree char *text = g_strnfill(PASSWORD_MAX_BYTES + 1, 'x');
    g_autoptr(Password) longest = password_new(text, PASSWORD_MAX_BYTES, NULL);
    g_assert_cmpuint(strlen(password_text(longest)), ==, PASSWORD_MAX_BYTES);
    g_autoptr(GError) error = NULL;
    g_autoptr(Password) too_long = password_new(text, PASSWORD_MAX_BYTES + 1, &error);
    assert_refused(too_long, error, "the password is longer than 128 bytes");
}

static void test_nul(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(password_new("a\0b", 3, &error));
    g_assert_error(error, PASSWORD_ERROR, PASSWORD_ERROR_INVALID);
}

static void test_equal(void)
{
    g_autoptr(Password) password = password_new("abc", 3, NULL);
    g_autoptr(Password) same = password_new("abcd", 3, NULL);
    g_autoptr(Password) longer = password_new("abcd", 4, NULL);
    g_autoptr(Password) other = password_new("abd", 3, NULL);
    g_assert_true(password_equal(password, same));
    g_assert_false(password_equal(password, longer));
    g_assert_false(password_equal(password, other));
}

/* Through a pipe, in writes of one byte where @slowly. */
static Password *read_line(const char *text, gsize length, gboolean slowly, GError **error)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    for (gsize i = 0; i < length; i += slowly ? 1 : length)
        g_assert_cmpint(write(ends[1], text + i, slowly ? 1 : length), >, 0);
    close(ends[1]);
    Password *password = password_read_line(ends[0], error);
    close(ends[0]);
    return password;
}

static void assert_line(const char *text, const char *expected)
{
    for (int slowly = 0; slowly < 2; slowly++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Password) password = read_line(text, strlen(text), slowly, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(password_text(password), ==, expected);
    }
}

static void test_line(void)
{
    assert_line("secret\n", "secret");
    assert_line("secret\r\n", "secret");
    assert_line("secret", "secret");
    assert_line(" secret \nsecond\n", " secret ");
    g_autofree char *longest = g_strnfill(PASSWORD_MAX_BYTES, 'x');
    g_autofree char *with_end = g_strconcat(longest, "\r\nsecond", NULL);
    assert_line(longest, longest);
    assert_line(with_end, longest);
}

static void assert_no_line(const char *text, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Password) password = read_line(text, length, FALSE, &error);
    assert_refused(password, error, message);
}

static void test_no_line(void)
{
    assert_no_line("", 0, "the password is empty");
    assert_no_line("\n", 1, "the password is empty");
    assert_no_line("\r\nsecond\n", 9, "the password is empty");
    assert_no_line("a\rb\n", 4, "the password contains a control character");
    g_autofree char *endless = g_strnfill(5000, 'x');
    assert_no_line(endless, 5000, "the password is longer than 128 bytes");
    assert_no_line(endless, PASSWORD_MAX_BYTES + 1, "the password is longer than 128 bytes");

    g_autoptr(GError) error = NULL;
    g_assert_null(password_read_line(-1, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_BADF);
}

/* The flags in /proc/self/smaps of the memory that holds the address. */
static char *memory_flags(const void *address)
{
    g_autofree char *maps = NULL;
    g_assert_true(g_file_get_contents("/proc/self/smaps", &maps, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
    gboolean here = FALSE;
    for (gsize i = 0; lines[i] != NULL; i++) {
        char *end;
        guint64 first = g_ascii_strtoull(lines[i], &end, 16);
        if (*end == '-')
            here = first <= (guintptr)address &&
                   g_ascii_strtoull(end + 1, NULL, 16) > (guintptr)address;
        else if (here && g_str_has_prefix(lines[i], "VmFlags:"))
            return g_strconcat(lines[i], " ", NULL);
    }
    return NULL;
}

/* "dd": not in a core file. The lock against swap is subject to RLIMIT_MEMLOCK. */
static void test_memory(void)
{
    g_autoptr(Password) password = password_new("secret", 6, NULL);
    g_autofree char *flags = memory_flags(password_text(password));
    g_assert_nonnull(strstr(flags, " dd "));
    g_autofree char *ordinary = memory_flags(flags);
    g_assert_null(strstr(ordinary, " dd "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/password/case/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/password/length", test_length);
    g_test_add_func("/password/nul", test_nul);
    g_test_add_func("/password/equal", test_equal);
    g_test_add_func("/password/line", test_line);
    g_test_add_func("/password/no-line", test_no_line);
    g_test_add_func("/password/memory", test_memory);
    return g_test_run();
}
