/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/pam/pam-stack.h"

#include <string.h>

typedef struct Walk {
    const GPtrArray *steps;
    const char *module;
    const PamGuard *guard;
    GHashTable *seen; /* set of positions that were reached, with who had let in by then */
} Walk;

static gboolean is_module(const PamStep *step, const char *name)
{
    const char *slash = strrchr(step->module, '/');
    return g_str_equal(slash ? slash + 1 : step->module, name);
}

static gboolean is_guard(const Walk *walk, const PamStep *step)
{
    return g_str_equal(step->module, walk->guard->module) && step->on_refusal == PAM_STACK_FAIL &&
           g_strv_contains((const char *const *)step->arguments, walk->guard->argument);
}

/* Whether the walk has been there; from then on it has. */
static gboolean was_here(const Walk *walk, guint position, const PamStep *by)
{
    gpointer key = GUINT_TO_POINTER((position << 1) + (by != NULL));
    return !g_hash_table_add(walk->seen, key);
}

static const PamStep *find_way(const Walk *walk, guint position, const PamStep *by);

static const PamStep *follow(const Walk *walk, guint position, int action, const PamStep *by)
{
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    if (action == PAM_STACK_FAIL)
        return NULL;
    return find_way(walk, action == PAM_STACK_DONE ? step->end : position + 1 + (guint)action, by);
}

/* @by is the step that has let in so far. Who reaches the guard after that has not gone around it;
 * nor has, for this search, who was let in by nobody that matters. */
static const PamStep *find_way(const Walk *walk, guint position, const PamStep *by)
{
    if (position >= walk->steps->len)
        return by;
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    if ((by && is_guard(walk, step)) || was_here(walk, position, by))
        return NULL;
    if (is_module(step, walk->module)) {
        const PamStep *way = follow(walk, position, step->on_success, step);
        if (way)
            return way;
    }
    for (guint i = 0; i < step->on_answers->len; i++) {
        const PamStep *way = follow(walk, position, g_array_index(step->on_answers, int, i), by);
        if (way)
            return way;
    }
    return NULL;
}

const PamStep *pam_stack_find_way_around(const GPtrArray *steps, const char *module,
                                         const PamGuard *guard, guint *ret_n_modules)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const Walk walk = {steps, module, guard, seen};
    guint n_modules = 0;

    for (guint i = 0; i < steps->len; i++)
        n_modules += is_module(g_ptr_array_index(steps, i), module);
    *ret_n_modules = n_modules;
    return find_way(&walk, 0, NULL);
}
