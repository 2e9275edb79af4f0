/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/nearest.h"

#include <string.h>

guint edit_distance(const char *a, const char *b)
{
    gsize a_length = strlen(a);
    gsize b_length = strlen(b);
    g_assert(a_length <= NEAREST_MAX_LENGTH && b_length <= NEAREST_MAX_LENGTH);

    /* Three rows of the usual table are enough, since an exchange looks back two. */
    guint rows[3][NEAREST_MAX_LENGTH + 1];
    for (guint j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (guint i = 1; i <= a_length; i++) {
        guint *row = rows[i % 3];
        const guint *above = rows[(i - 1) % 3];
        const guint *two_above = rows[(i + 1) % 3];
        char letter = g_ascii_tolower(a[i - 1]);
        row[0] = i;
        for (guint j = 1; j <= b_length; j++) {
            char other = g_ascii_tolower(b[j - 1]);
            row[j] = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + (letter != other));
            gboolean exchanged = i > 1 && j > 1 && letter == g_ascii_tolower(b[j - 2]) &&
                                 g_ascii_tolower(a[i - 2]) == other;
            if (exchanged)
                row[j] = MIN(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void nearest_init(Nearest *nearest, const char *word)
{
    *nearest = (Nearest){.word = word};
}

void nearest_offer(Nearest *nearest, const char *candidate)
{
    if (nearest->word == NULL)
        return;
    gsize length = strlen(nearest->word);
    gsize candidate_length = strlen(candidate);
    if (length > NEAREST_MAX_LENGTH || candidate_length > NEAREST_MAX_LENGTH)
        return;
    gsize limit = MAX(length, candidate_length) / 3;
    gsize difference =
        length > candidate_length ? length - candidate_length : candidate_length - length;
    if (difference > limit)
        return;

    guint distance = edit_distance(nearest->word, candidate);
    if (distance > limit || (nearest->best != NULL && distance >= nearest->distance))
        return;
    nearest->best = candidate;
    nearest->distance = distance;
}

char *nearest_to_hint(const Nearest *nearest)
{
    if (nearest->best == NULL)
        return g_strdup("");
    return g_strdup_printf("; did you mean %s?", nearest->best);
}
