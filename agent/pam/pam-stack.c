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
    return g_str_equal(step->module, walk->guard->module) &&
           g_strv_contains((const char *const *)step->arguments, walk->guard->argument);
}

static gboolean refuses(int action)
{
    return action == PAM_STACK_BAD || action == PAM_STACK_DIE;
}

static gboolean can_refuse(const PamStep *step)
{
    return refuses(step->on_refusal);
}

/* What a stack would answer. */
typedef enum Mind {
    MIND_NONE,
    MIND_GOOD,
    MIND_BAD,
} Mind;

/* Whether the walk has been there; from then on it has. */
static gboolean was_here(const Walk *walk, guint position, const PamStep *by, Mind mind)
{
    gpointer key = GUINT_TO_POINTER((position << 3) + ((guint)mind << 1) + (by != NULL));
    return !g_hash_table_add(walk->seen, key);
}

/* Where an action leads to. */
static guint next_position(const PamStep *step, guint position, int action)
{
    if (action == PAM_STACK_DONE || action == PAM_STACK_DIE)
        return step->end;
    return position + 1 + (action > 0 ? (guint)action : 0);
}

static const PamStep *find_way_in(const Walk *walk, guint position, const PamStep *by);

static const PamStep *follow_in(const Walk *walk, guint position, int action, const PamStep *by)
{
    if (refuses(action))
        return NULL;
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    return find_way_in(walk, next_position(step, position, action), by);
}

/* @by is the step that has let in so far. Who reaches the guard after that has not gone around it;
 * nor has, for this search, who was let in by nobody that matters. */
static const PamStep *find_way_in(const Walk *walk, guint position, const PamStep *by)
{
    if (position >= walk->steps->len)
        return by;
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    if ((by && is_guard(walk, step) && can_refuse(step)) || was_here(walk, position, by, MIND_NONE))
        return NULL;
    if (is_module(step, walk->module)) {
        const PamStep *way = follow_in(walk, position, step->on_success, step);
        if (way)
            return way;
    }
    for (guint i = 0; i < step->on_answers->len; i++) {
        const PamStep *way = follow_in(walk, position, g_array_index(step->on_answers, int, i), by);
        if (way)
            return way;
    }
    return NULL;
}

static Mind change_mind(Mind mind, int action)
{
    if (refuses(action))
        return MIND_BAD;
    if (mind == MIND_NONE && (action == PAM_STACK_OK || action == PAM_STACK_DONE))
        return MIND_GOOD;
    return mind;
}

static const PamStep *find_way_out(const Walk *walk, guint position, const PamStep *by, Mind mind);

/* Whom the guard's module refuses elsewhere, where it does not refuse everybody. */
static gboolean knows_already(const Walk *walk, const PamStep *step)
{
    return g_str_equal(step->module, walk->guard->module) && !refuses(step->on_success);
}

/* Who is refused before any password was looked at has not learned a thing about it. */
static const PamStep *follow_out(const Walk *walk, guint position, int action, const PamStep *by,
                                 Mind mind)
{
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    if (refuses(action) && (!by || knows_already(walk, step)))
        return NULL;
    /* "done" of one does not let in whom another has refused. */
    const int effective = action == PAM_STACK_DONE && mind == MIND_BAD ? PAM_STACK_OK : action;
    return find_way_out(walk, next_position(step, position, effective), by,
                        change_mind(mind, action));
}

static gboolean lets_in(const PamStep *step, int action)
{
    return action == step->on_success && (action > 0 || action == PAM_STACK_DONE);
}

/* @by is the step that has refused so far; NULL also for whom another has let in since. */
static const PamStep *find_way_out(const Walk *walk, guint position, const PamStep *by, Mind mind)
{
    if (position >= walk->steps->len)
        return mind == MIND_GOOD ? NULL : by;
    const PamStep *step = g_ptr_array_index(walk->steps, position);
    if ((by && is_guard(walk, step)) || was_here(walk, position, by, mind))
        return NULL;
    if (is_module(step, walk->module)) {
        const PamStep *way = follow_out(walk, position, step->on_failure, step, mind);
        if (way)
            return way;
    }
    for (guint i = 0; i < step->on_answers->len; i++) {
        const int action = g_array_index(step->on_answers, int, i);
        const PamStep *still = lets_in(step, action) ? NULL : by;
        const PamStep *way = follow_out(walk, position, action, still, mind);
        if (way)
            return way;
    }
    return NULL;
}

guint pam_stack_count(const GPtrArray *steps, const char *module)
{
    guint n = 0;
    for (guint i = 0; i < steps->len; i++)
        n += is_module(g_ptr_array_index(steps, i), module);
    return n;
}

const PamStep *pam_stack_find_way_in(const GPtrArray *steps, const char *module,
                                     const PamGuard *guard)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const Walk walk = {steps, module, guard, seen};
    return find_way_in(&walk, 0, NULL);
}

const PamStep *pam_stack_find_way_out(const GPtrArray *steps, const char *module,
                                      const PamGuard *guard)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const Walk walk = {steps, module, guard, seen};
    return find_way_out(&walk, 0, NULL, MIND_NONE);
}
