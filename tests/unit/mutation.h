/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every way to damage a text in one place: bits flipped, bytes replaced, put in and taken out. */
#pragma once

#include <string.h>

#include <glib.h>

/* @at: where the text differs. The text is not terminated, and ends where its memory ends. */
typedef void (*MutationVisit)(const char *text, gsize length, gsize at, gconstpointer data);

/* Characters that mean something to one of the formats. */
static const char mutation_characters[] = "\n\r\t #=[]AX\0\377";

static inline void mutation_visit(const char *text, gsize length, gsize cut, gsize at,
                                  const char *insertion, MutationVisit visit, gconstpointer data)
{
    gsize n = insertion != NULL ? 1 : 0;
    gsize mutated_length = length - cut + n;
    g_autofree char *mutated = g_malloc(MAX(mutated_length, 1));
    memcpy(mutated, text, at);
    if (insertion != NULL)
        mutated[at] = *insertion;
    memcpy(mutated + at + n, text + at + cut, length - at - cut);
    visit(mutated, mutated_length, at, data);
}

static inline void mutate_byte(const char *text, gsize length, gsize at, MutationVisit visit,
                               gconstpointer data)
{
    for (guint bit = 0; bit < 8; bit++) {
        char flipped = (char)((guchar)text[at] ^ (1U << bit));
        mutation_visit(text, length, 1, at, &flipped, visit, data);
    }
    for (gsize i = 0; i < sizeof mutation_characters - 1; i++)
        if (mutation_characters[i] != text[at])
            mutation_visit(text, length, 1, at, &mutation_characters[i], visit, data);
}

/* Calls @visit for each text that has one byte of @text replaced. */
static inline void mutate_bytes(const char *text, gsize length, MutationVisit visit,
                                gconstpointer data)
{
    for (gsize at = 0; at < length; at++)
        mutate_byte(text, length, at, visit, data);
}

/* For each that has one bit of one byte flipped: for what is hashed as a whole anyway. */
static inline void mutate_bits(const char *text, gsize length, MutationVisit visit,
                               gconstpointer data)
{
    for (gsize at = 0; at < length; at++) {
        char flipped = (char)((guchar)text[at] ^ (1U << at % 8));
        mutation_visit(text, length, 1, at, &flipped, visit, data);
    }
}

/* For each that has one byte more or one less. */
static inline void mutate_length(const char *text, gsize length, MutationVisit visit,
                                 gconstpointer data)
{
    for (gsize at = 0; at <= length; at++) {
        for (gsize i = 0; i < sizeof mutation_characters - 1; i++)
            mutation_visit(text, length, 0, at, &mutation_characters[i], visit, data);
        if (at < length)
            mutation_visit(text, length, 1, at, NULL, visit, data);
    }
}

/* For each beginning of @text but the whole. */
static inline void mutate_end(const char *text, gsize length, MutationVisit visit,
                              gconstpointer data)
{
    for (gsize at = 0; at < length; at++)
        mutation_visit(text, length, length - at, at, NULL, visit, data);
}
