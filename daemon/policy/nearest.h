/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the known word that a mistyped one was meant to be. */
#pragma once

#include <glib.h>

/* Longer words are not compared: no known word comes near this. */
#define NEAREST_MAX_LENGTH 48

typedef struct Nearest {
    const char *word; /* not owned; NULL: nothing is looked for */
    const char *best; /* the nearest candidate so far, not owned; NULL: none near enough */
    guint distance;   /* of @best */
} Nearest;

void nearest_init(Nearest *nearest, const char *word);

/* Keeps the candidate when it is nearer than those before, and near enough: no more than one wrong,
 * missing, additional or exchanged letter in three. Upper and lower case count as equal. */
void nearest_offer(Nearest *nearest, const char *candidate);

/* "; did you mean BEST?", or "" without a near candidate. Free with g_free(). */
char *nearest_to_hint(const Nearest *nearest);

/* Insertions, deletions, replacements and exchanges of neighbours that turn one word into the
 * other, without regard to case. Neither word is longer than NEAREST_MAX_LENGTH. */
guint edit_distance(const char *a, const char *b);
