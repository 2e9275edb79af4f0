/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/port-set.h"

#define N_PORTS   65536U
#define WORD_BITS 64U

G_DEFINE_QUARK(secpold_port_set_error, port_set_error)

/* The bits of a word that stand for ports from @first to @last. */
static guint64 word_mask(guint word, guint first, guint last)
{
    guint low = MAX(first, word * WORD_BITS) % WORD_BITS;
    guint high = MIN(last, word * WORD_BITS + WORD_BITS - 1) % WORD_BITS;

    return (G_MAXUINT64 << low) & (G_MAXUINT64 >> (WORD_BITS - 1 - high));
}

void port_set_add_range(PortSet *set, guint first, guint last)
{
    for (guint word = first / WORD_BITS; word <= last / WORD_BITS; word++)
        set->words[word] |= word_mask(word, first, last);
}

void port_set_remove_range(PortSet *set, guint first, guint last)
{
    for (guint word = first / WORD_BITS; word <= last / WORD_BITS; word++)
        set->words[word] &= ~word_mask(word, first, last);
}

void port_set_union(PortSet *set, const PortSet *other)
{
    for (gsize i = 0; i < G_N_ELEMENTS(set->words); i++)
        set->words[i] |= other->words[i];
}

void port_set_subtract(PortSet *set, const PortSet *other)
{
    for (gsize i = 0; i < G_N_ELEMENTS(set->words); i++)
        set->words[i] &= ~other->words[i];
}

void port_set_intersect(PortSet *set, const PortSet *other)
{
    for (gsize i = 0; i < G_N_ELEMENTS(set->words); i++)
        set->words[i] &= other->words[i];
}

gboolean port_set_contains(const PortSet *set, guint port)
{
    return (set->words[port / WORD_BITS] >> port % WORD_BITS & 1) != 0;
}

gboolean port_set_equal(const PortSet *a, const PortSet *b)
{
    for (gsize i = 0; i < G_N_ELEMENTS(a->words); i++)
        if (a->words[i] != b->words[i])
            return FALSE;
    return TRUE;
}

gboolean port_set_is_empty(const PortSet *set)
{
    for (gsize i = 0; i < G_N_ELEMENTS(set->words); i++)
        if (set->words[i] != 0)
            return FALSE;
    return TRUE;
}

guint port_set_count(const PortSet *set)
{
    guint count = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(set->words); i++)
        count += (guint)__builtin_popcountll(set->words[i]);
    return count;
}

/* The first port from @from on that is in the set or, with @member FALSE, that is not. N_PORTS
 * where there is none. */
static guint find(const PortSet *set, guint from, gboolean member)
{
    while (from < N_PORTS) {
        guint64 word = set->words[from / WORD_BITS];
        guint64 hits = (member ? word : ~word) & (G_MAXUINT64 << from % WORD_BITS);

        from -= from % WORD_BITS;
        if (hits)
            return from + (guint)__builtin_ctzll(hits);
        from += WORD_BITS;
    }
    return N_PORTS;
}

gboolean port_set_next_range(const PortSet *set, guint from, PortRange *ret_range)
{
    guint first = find(set, from, TRUE);

    if (first == N_PORTS)
        return FALSE;
    ret_range->first = (guint16)first;
    ret_range->last = (guint16)(find(set, first, FALSE) - 1);
    return TRUE;
}

char *port_set_to_string(const PortSet *set)
{
    GString *text = g_string_new(NULL);
    PortRange range;

    for (guint from = 0; port_set_next_range(set, from, &range); from = range.last + 1U) {
        g_string_append_printf(text, "%s%u", text->len ? "," : "", range.first);
        if (range.last > range.first)
            g_string_append_printf(text, "-%u", range.last);
    }
    return g_string_free(text, FALSE);
}

static void skip_blanks(const char **cursor)
{
    while (g_ascii_isspace(**cursor))
        (*cursor)++;
}

static gboolean read_port(const char **cursor, guint *ret_port)
{
    char *end = NULL;

    if (!g_ascii_isdigit(**cursor))
        return FALSE;

    guint64 port = g_ascii_strtoull(*cursor, &end, 10);

    if (port >= N_PORTS)
        return FALSE;
    *cursor = end;
    *ret_port = (guint)port;
    return TRUE;
}

/* PORT or PORT-PORT with the blanks around it. */
static gboolean read_range(const char **cursor, PortSet *set)
{
    guint first = 0;

    skip_blanks(cursor);
    if (!read_port(cursor, &first))
        return FALSE;

    guint last = first;

    if (**cursor == '-') {
        (*cursor)++;
        if (!read_port(cursor, &last) || last < first)
            return FALSE;
    }
    skip_blanks(cursor);
    port_set_add_range(set, first, last);
    return TRUE;
}

/* Ranges with commas between them; @cursor is left where something else stands. */
static gboolean read_list(const char **cursor, PortSet *set)
{
    skip_blanks(cursor);
    if (!**cursor)
        return TRUE;
    while (read_range(cursor, set)) {
        if (**cursor != ',')
            return !**cursor;
        (*cursor)++;
    }
    return FALSE;
}

gboolean port_set_from_string(const char *text, PortSet *ret_set, GError **error)
{
    PortSet set = {0};
    const char *cursor = text;

    if (!read_list(&cursor, &set)) {
        g_set_error(error, PORT_SET_ERROR, PORT_SET_ERROR_SYNTAX,
                    "list of ports, character %zu: expected ports such as 8080,9148-9200",
                    (gsize)(cursor - text) + 1);
        return FALSE;
    }
    *ret_set = set;
    return TRUE;
}
