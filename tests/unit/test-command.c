/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/program.h"

/* By the shell, which is run as a binding would have it. */
static gboolean run(const char *script, const char *input, CommandResult *result, GError **error)
{
    const char *const words[] = {"/bin/sh", "-c", script, NULL};
    const CommandCall call = {.words = words, .input = input, .seconds = 2};
    return command_run(&call, result, error);
}

static void test_result(void)
{
    static const struct {
        const char *script;
        const char *input;
        const char *output;
        int status;
    } cases[] = {
        {"echo one; echo two >&2; exit 3", NULL, "one\ntwo\n", 3},
        {"cat; wc -c", "in\nput", "in\nput0\n", 0},
        {"printf '\\377'", NULL, "\357\277\275", 0},
        {"kill -TERM $$", NULL, "", 128 + 15},
        {"echo $LC_ALL", NULL, "C\n", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(CommandResult) result = {0};
        g_autoptr(GError) error = NULL;
        g_assert_true(run(cases[i].script, cases[i].input, &result, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(result.output, ==, cases[i].output);
        g_assert_cmpint(result.status, ==, cases[i].status);
        g_assert_false(result.cut);
    }
}

/* However much is said there, before the input is read. */
static void test_dropped_errors(void)
{
    const char *const words[] = {"/bin/sh", "-c", "echo trouble >&2; cat", NULL};
    const CommandCall call = {.words = words, .input = "all of the input", .drops_errors = TRUE};
    g_auto(CommandResult) result = {0};
    g_assert_true(command_run(&call, &result, NULL));
    g_assert_cmpstr(result.output, ==, "all of the input");
}

static void test_long_output(void)
{
    g_auto(CommandResult) result = {0};
    g_assert_true(run("head -c 65536 /dev/zero | tr '\\000' x", NULL, &result, NULL));
    g_assert_false(result.cut);
    command_result_clear(&result);
    g_assert_true(run("head -c 65537 /dev/zero | tr '\\000' x", NULL, &result, NULL));
    g_assert_true(result.cut);
    g_assert_cmpuint(strlen(result.output), ==, COMMAND_MAX_BYTES);
}

/* Silent or not. */
static void test_too_long(void)
{
    static const char *const scripts[] = {"sleep 60", "exec yes", "yes & yes"};
    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
        CommandResult result = {0};
        g_autoptr(GError) error = NULL;
        const gint64 start = g_get_monotonic_time();
        g_assert_false(run(scripts[i], NULL, &result, &error));
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, "took too long"));
        g_assert_cmpint(g_get_monotonic_time() - start, <, 15 * G_USEC_PER_SEC);
        g_assert_null(result.output);
    }
}

/* It is not waited for, whatever it writes. */
static void test_left_behind(void)
{
    g_auto(CommandResult) result = {0};
    const gint64 start = g_get_monotonic_time();
    g_assert_true(run("yes & sleep 0.3", NULL, &result, NULL));
    g_assert_cmpint(g_get_monotonic_time() - start, <, 15 * G_USEC_PER_SEC);
    g_assert_true(result.cut);
}

/* Half of how something was is not how it was. */
static void test_ask(void)
{
    const char *const words[] = {"/bin/sh", "-c", "echo so", NULL};
    const char *const endless[] = {"/bin/sh", "-c", "head -c 65537 /dev/zero | tr '\\000' x", NULL};
    g_autofree char *was = NULL;
    g_autofree char *nothing = NULL;
    g_assert_null(program_ask(words, &was));
    g_assert_cmpstr(was, ==, "so\n");
    g_autofree char *problem = program_ask(endless, &nothing);
    g_assert_cmpstr(problem, ==, "/bin/sh prints more than 65536 bytes");
    g_assert_null(nothing);
}

static void test_missing(void)
{
    const char *const words[] = {"/nosuch/program", NULL};
    const CommandCall call = {.words = words};
    CommandResult result = {0};
    g_autoptr(GError) error = NULL;
    g_assert_false(command_run(&call, &result, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static gboolean has_pidfds(void)
{
    const int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (pidfd >= 0)
        close(pidfd);
    return pidfd >= 0;
}

int main(int argc, char *argv[])
{
    if (!has_pidfds()) {
        puts("1..0 # SKIP valgrind does not know pidfds");
        return EXIT_SUCCESS;
    }
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/result", test_result);
    g_test_add_func("/command/dropped-errors", test_dropped_errors);
    g_test_add_func("/command/long-output", test_long_output);
    g_test_add_func("/command/too-long", test_too_long);
    g_test_add_func("/command/left-behind", test_left_behind);
    g_test_add_func("/command/ask", test_ask);
    g_test_add_func("/command/missing", test_missing);
    return g_test_run();
}
