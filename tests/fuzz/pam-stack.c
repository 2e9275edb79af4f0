/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as up to three files of /etc/pam.d, with the byte 0x1E between them: they are read or
 * refused, every step leads somewhere, and the search for a way around the guard has an end. */
#include "agent/pam/pam-stack.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

#define SEPARATOR '\x1E'

static void put_files(const char *text, size_t size)
{
    static const char *const names[] = {"a", "b", "c"};
    const char *end = text + size;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *separator =
            i + 1 < G_N_ELEMENTS(names) ? memchr(text, SEPARATOR, (size_t)(end - text)) : NULL;
        scratch_file(names[i], text, (size_t)((separator ? separator : end) - text));
        text = separator ? separator + 1 : end;
    }
}

static void check_action(int action)
{
    g_assert_true(action >= PAM_STACK_DIE && action <= G_MAXINT16);
}

static void check_step(const PamStep *step, guint n_steps)
{
    g_assert_true(step->place && step->module && step->arguments);
    g_assert_cmpuint(step->end, <=, n_steps);
    g_assert_cmpuint(step->on_answers->len, >, 0);
    check_action(step->on_success);
    check_action(step->on_failure);
    check_action(step->on_refusal);
    for (guint i = 0; i < step->on_answers->len; i++)
        check_action(g_array_index(step->on_answers, int, i));
}

static void check_way(const GPtrArray *steps, const PamStep *way, guint n_modules)
{
    g_assert_true(!way || n_modules > 0);
    g_assert_true(!way || g_ptr_array_find((GPtrArray *)steps, way, NULL));
}

static void check_ways(const GPtrArray *steps)
{
    static const char module[] = "pam_unix.so";
    static const PamGuard guard = {"pam_guard.so", "password"};
    const guint n_modules = pam_stack_count(steps, module);

    g_assert_cmpuint(n_modules, <=, steps->len);
    check_way(steps, pam_stack_find_way_in(steps, module, &guard), n_modules);
    check_way(steps, pam_stack_find_way_out(steps, module, &guard), n_modules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const directories[] = {scratch_folder(), NULL};
    g_autoptr(GError) error = NULL;

    put_files((const char *)data, size);
    g_autoptr(GPtrArray) steps = pam_stack_read(directories, "a", &error);
    g_assert_true((steps == NULL) == (error != NULL));
    if (!steps)
        return 0;
    for (guint i = 0; i < steps->len; i++)
        check_step(g_ptr_array_index(steps, i), steps->len);
    check_ways(steps);
    return 0;
}
