/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/damper.h"

struct Damper {
    GHashTable *wars; /* what: War */
};

typedef struct War {
    guint repairs; /* since the last peace */
    gint64 last;   /* when the last one was made */
    gint64 wait;   /* until the next one may be */
    gboolean refused;
} War;

Damper *damper_new(void)
{
    Damper *damper = g_new0(Damper, 1);
    damper->wars = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return damper;
}

void damper_free(Damper *damper)
{
    if (!damper)
        return;
    g_hash_table_unref(damper->wars);
    g_free(damper);
}

static War *find_war(Damper *damper, const char *what)
{
    War *war = g_hash_table_lookup(damper->wars, what);
    if (!war) {
        war = g_new0(War, 1);
        g_hash_table_insert(damper->wars, g_strdup(what), war);
    }
    return war;
}

gboolean damper_repair(Damper *damper, const char *what, gint64 now)
{
    War *war = find_war(damper, what);

    if (war->repairs && now - war->last > war->wait + DAMPER_PEACE_USEC)
        *war = (War){0};
    if (war->repairs && now < war->last + war->wait) {
        war->refused = TRUE;
        return FALSE;
    }
    war->repairs++;
    war->last = now;
    war->refused = FALSE;
    if (war->repairs >= DAMPER_FREE_REPAIRS)
        war->wait =
            MIN(war->wait ? war->wait * 2 : DAMPER_FIRST_WAIT_USEC, DAMPER_LONGEST_WAIT_USEC);
    return TRUE;
}

static gboolean waits(const War *war, gint64 now)
{
    return war->refused && now < war->last + war->wait;
}

gboolean damper_is_waiting(const Damper *damper, const char *what, gint64 now)
{
    const War *war = g_hash_table_lookup(damper->wars, what);
    return war && waits(war, now);
}

gint64 damper_next(const Damper *damper, gint64 now)
{
    GHashTableIter iterator;
    gpointer value;
    gint64 next = G_MAXINT64;

    g_hash_table_iter_init(&iterator, damper->wars);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const War *war = value;
        if (waits(war, now))
            next = MIN(next, war->last + war->wait);
    }
    return next;
}
