/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/note.h"

/* Nothing that a program prints makes a message of its own. */
static void test_one_line(void)
{
    if (g_test_subprocess()) {
        note(LOG_WARNING, "%s: %s", "service", "failed\n<0>forged");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("secpol-agent: service: failed*<0>forged\n");
    g_test_trap_assert_stderr_unmatched("*\n<0>*");
}

static void test_long(void)
{
    if (g_test_subprocess()) {
        g_autofree char *text = g_strnfill(5000, 'x');
        note(LOG_WARNING, "%s", text);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*xxx...\n");
}

int main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/note/one-line", test_one_line);
    g_test_add_func("/note/long", test_long);
    return g_test_run();
}
