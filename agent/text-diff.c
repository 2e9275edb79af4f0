/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/text-diff.h"

#include <string.h>

#include "daemon/policy/text.h"

/* Of a longer line the rest is not shown. */
#define SHOWN_MAX_BYTES 4096

GPtrArray *text_lines(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    while (*text) {
        const char *end = strchr(text, '\n');
        const gsize length = end ? (gsize)(end - text) + 1 : strlen(text);
        g_ptr_array_add(lines, g_strndup(text, length));
        text += length;
    }
    return lines;
}

const char *text_line(const GPtrArray *lines, guint at)
{
    return g_ptr_array_index(lines, at);
}

/* The lines of two texts between what they have in common at both ends. */
typedef struct Middle {
    const GPtrArray *a;
    const GPtrArray *b;
    guint start; /* in both */
    guint a_length;
    guint b_length;
} Middle;

static Middle find_middle(const GPtrArray *a, const GPtrArray *b)
{
    const guint shorter = MIN(a->len, b->len);
    guint start = 0;
    while (start < shorter && g_str_equal(text_line(a, start), text_line(b, start)))
        start++;
    guint end = 0;
    while (end < shorter - start &&
           g_str_equal(text_line(a, a->len - 1 - end), text_line(b, b->len - 1 - end)))
        end++;
    return (Middle){a, b, start, a->len - start - end, b->len - start - end};
}

static gboolean same_line(const Middle *middle, guint i, guint j)
{
    return g_str_equal(text_line(middle->a, middle->start + i),
                       text_line(middle->b, middle->start + j));
}

/* At [i * (b_length + 1) + j]: length of the longest common sequence of what follows line i of the
 * one and line j of the other. */
static guint16 *common_lengths(const Middle *middle)
{
    const gsize width = middle->b_length + 1;
    guint16 *lengths = g_new0(guint16, (middle->a_length + 1) * width);
    for (guint i = middle->a_length; i-- > 0;)
        for (guint j = middle->b_length; j-- > 0;)
            lengths[i * width + j] =
                same_line(middle, i, j)
                    ? (guint16)(lengths[(i + 1) * width + j + 1] + 1)
                    : MAX(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    return lengths;
}

static void map_middle(const Middle *middle, gint *map)
{
    if (middle->a_length > TEXT_DIFF_MAX_LINES || middle->b_length > TEXT_DIFF_MAX_LINES)
        return;
    g_autofree guint16 *lengths = common_lengths(middle);
    const gsize width = middle->b_length + 1;
    guint i = 0;
    guint j = 0;
    while (i < middle->a_length && j < middle->b_length) {
        if (same_line(middle, i, j))
            map[middle->start + i++] = (gint)(middle->start + j++);
        else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
            i++;
        else
            j++;
    }
}

gint *text_lines_map(const GPtrArray *a, const GPtrArray *b)
{
    const Middle middle = find_middle(a, b);
    gint *map = g_new0(gint, a->len + 1);
    for (guint i = 0; i < a->len; i++) {
        if (i < middle.start)
            map[i] = (gint)i;
        else if (i >= middle.start + middle.a_length)
            map[i] = (gint)(i + b->len - a->len);
        else
            map[i] = -1;
    }
    map_middle(&middle, map);
    return map;
}

GArray *text_hunks(const GPtrArray *original, const GPtrArray *changed)
{
    GArray *hunks = g_array_new(FALSE, FALSE, sizeof(Hunk));
    g_autofree gint *map = text_lines_map(original, changed);
    guint o = 0;
    guint c = 0;

    while (o < original->len || c < changed->len) {
        Hunk hunk = {.o = o, .c = c};
        while (o < original->len && map[o] < 0)
            o++;
        c = o < original->len ? (guint)map[o] : changed->len;
        hunk.o_end = o;
        hunk.c_end = c;
        if (hunk.o < hunk.o_end || hunk.c < hunk.c_end)
            g_array_append_val(hunks, hunk);
        if (o < original->len) {
            o++;
            c++;
        }
    }
    return hunks;
}

static void show_lines(GString *text, const char *mark, const GPtrArray *lines, guint start,
                       guint end)
{
    for (guint i = start; i < end; i++) {
        const char *whole = text_line(lines, i);
        g_autofree char *copy = g_strndup(whole, strcspn(whole, "\n"));
        /* Tabs are harmless, but not displayable. */
        g_strdelimit(copy, "\t", ' ');
        g_autofree char *shown = text_sanitize(copy, SHOWN_MAX_BYTES);
        g_string_append_printf(text, "%s%s\n", mark, shown);
    }
}

char *text_diff_show(const char *original, const char *changed)
{
    g_autoptr(GPtrArray) original_lines = text_lines(original);
    g_autoptr(GPtrArray) changed_lines = text_lines(changed);
    g_autoptr(GArray) hunks = text_hunks(original_lines, changed_lines);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < hunks->len; i++) {
        const Hunk *hunk = &g_array_index(hunks, Hunk, i);
        show_lines(text, "    - ", original_lines, hunk->o, hunk->o_end);
        show_lines(text, "    + ", changed_lines, hunk->c, hunk->c_end);
    }
    return g_string_free(text, FALSE);
}
