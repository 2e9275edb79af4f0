/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/text-merge.h"

#include <string.h>

#include "agent/text-diff.h"

typedef struct Merge {
    const GPtrArray *original;
    const GPtrArray *changed;
    const GPtrArray *present;
    const gint *map; /* from @changed to @present */
    GString *result;
    TextMergeForeign foreign;
    guint next; /* line of @present */
    guint left;
} Merge;

/* The last line of a file may lack its line feed, and no longer be the last. */
static void begin_line(GString *text)
{
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
}

static void append_line(Merge *merge, const char *text)
{
    begin_line(merge->result);
    g_string_append(merge->result, text);
}

static void copy_until(Merge *merge, guint end)
{
    for (; merge->next < end; merge->next++)
        append_line(merge, text_line(merge->present, merge->next));
}

/* Where in @present the hunk's lines begin, where they stand there unchanged and together, or, for
 * a hunk that took lines away, the gap they left; otherwise -1. */
static gint find_hunk(const Merge *merge, const Hunk *hunk)
{
    if (hunk->c < hunk->c_end) {
        const gint first = merge->map[hunk->c];
        for (guint i = hunk->c; i < hunk->c_end; i++)
            if (first < 0 || merge->map[i] != first + (gint)(i - hunk->c))
                return -1;
        return first;
    }
    if (hunk->c > 0 && merge->map[hunk->c - 1] >= 0)
        return merge->map[hunk->c - 1] + 1;
    if (hunk->c < merge->changed->len && merge->map[hunk->c] >= 0)
        return merge->map[hunk->c];
    return hunk->c == 0 && merge->changed->len == 0 ? 0 : -1;
}

static void put_back(Merge *merge, const Hunk *hunk, guint start, guint end)
{
    copy_until(merge, start);
    for (guint i = hunk->o; i < hunk->o_end; i++)
        append_line(merge, text_line(merge->original, i));
    merge->next = end;
}

/* The lines of @present that others made of the hunk's: between those that surround it in both.
 * FALSE where these are gone as well, or where others have added lines. */
static gboolean find_foreign(const Merge *merge, const Hunk *hunk, guint *ret_start, guint *ret_end)
{
    const gint before = hunk->c > 0 ? merge->map[hunk->c - 1] : -1;
    const gint after =
        hunk->c_end < merge->changed->len ? merge->map[hunk->c_end] : (gint)merge->present->len;
    if ((hunk->c > 0 && before < 0) || after < 0 ||
        after - before - 1 > (gint)(hunk->c_end - hunk->c))
        return FALSE;
    *ret_start = (guint)(before + 1);
    *ret_end = (guint)after;
    return TRUE;
}

/* Between two words there is one of these characters, so that words may be empty. */
#define DELIMITERS " \t:=,;"
#define WORD_ENDS  DELIMITERS "\n"

static gsize count_words(const char *text)
{
    gsize n = 1;
    for (const char *at = strpbrk(text, DELIMITERS); at; at = strpbrk(at + 1, DELIMITERS))
        n++;
    return n;
}

static gboolean same_word(const char *a, const char *b)
{
    const gsize length = strcspn(a, WORD_ENDS);
    return length == strcspn(b, WORD_ENDS) && strncmp(a, b, length) == 0;
}

static const char *next_word(const char *text)
{
    return text + strcspn(text, WORD_ENDS) + 1;
}

/* Many files keep several values on a line, and not all of them are the agent's: a password beside
 * its age. Only words that @c brought are put back as @o had them. All have as many words. */
static void merge_words(Merge *merge, const char *o, const char *c, const char *p)
{
    begin_line(merge->result);
    for (;;) {
        const gboolean ours = !same_word(o, c);
        const gboolean back = ours && (same_word(c, p) || merge->foreign == TEXT_MERGE_UNDO);
        const char *from = back ? o : p;
        g_string_append_len(merge->result, from, (gssize)strcspn(from, WORD_ENDS));
        merge->left += ours && !back;
        p += strcspn(p, WORD_ENDS);
        if (!*p || *p == '\n')
            break;
        g_string_append_c(merge->result, *p++);
        o = next_word(o);
        c = next_word(c);
    }
    g_string_append(merge->result, p);
}

/* @p is what others have made of line @c, or a line that stands in its place. */
static void merge_line(Merge *merge, const char *o, const char *c, const char *p)
{
    const gsize n = count_words(p);
    const gboolean stands = g_str_equal(c, p);
    if (!stands && same_word(c, p) && n == count_words(c) && n == count_words(o)) {
        merge_words(merge, o, c, p);
    } else if (stands || merge->foreign == TEXT_MERGE_UNDO) {
        append_line(merge, o);
    } else {
        merge->left++;
        append_line(merge, p);
    }
}

/* Where the lines of @present end that may have been line @c of @changed. */
static guint find_limit(const Merge *merge, guint c)
{
    for (guint i = c + 1; i < merge->changed->len; i++)
        if (merge->map[i] >= 0)
            return (guint)merge->map[i];
    return merge->present->len;
}

/* The line of @present that begins as line @c of @changed; -1 where it is gone. */
static gint find_alike(const Merge *merge, guint c)
{
    if (merge->map[c] >= 0)
        return merge->map[c];
    const guint limit = find_limit(merge, c);
    for (guint i = merge->next; i < limit; i++)
        if (same_word(text_line(merge->present, i), text_line(merge->changed, c)))
            return (gint)i;
    return -1;
}

/* A hunk that changed lines one by one, some of which others have changed again, moved or taken
 * away. */
static void undo_lines(Merge *merge, const Hunk *hunk)
{
    for (guint i = hunk->c; i < hunk->c_end; i++) {
        const gint at = find_alike(merge, i);
        if (at < (gint)merge->next) {
            merge->left++;
            continue;
        }
        copy_until(merge, (guint)at);
        merge_line(merge, text_line(merge->original, hunk->o + i - hunk->c),
                   text_line(merge->changed, i), text_line(merge->present, (guint)at));
        merge->next = (guint)at + 1;
    }
}

/* Whether any line of the hunk is still there in some way. */
static gboolean has_alike(const Merge *merge, const Hunk *hunk)
{
    for (guint i = hunk->c; i < hunk->c_end; i++)
        if (find_alike(merge, i) >= (gint)merge->next)
            return TRUE;
    return FALSE;
}

static void undo_hunk(Merge *merge, const Hunk *hunk)
{
    guint start;
    guint end;
    const gint at = find_hunk(merge, hunk);
    const gboolean by_line =
        hunk->c < hunk->c_end && hunk->o_end - hunk->o == hunk->c_end - hunk->c;
    if (at >= 0)
        put_back(merge, hunk, (guint)at, (guint)at + hunk->c_end - hunk->c);
    else if (by_line && has_alike(merge, hunk))
        undo_lines(merge, hunk);
    else if (merge->foreign == TEXT_MERGE_UNDO && find_foreign(merge, hunk, &start, &end))
        put_back(merge, hunk, start, end);
    else
        merge->left++;
}

char *text_merge_undo(const char *original, const char *changed, const char *present,
                      TextMergeForeign foreign, guint *ret_left)
{
    g_autoptr(GPtrArray) original_lines = text_lines(original);
    g_autoptr(GPtrArray) changed_lines = text_lines(changed);
    g_autoptr(GPtrArray) present_lines = text_lines(present);
    g_autofree gint *map = text_lines_map(changed_lines, present_lines);
    g_autoptr(GArray) hunks = text_hunks(original_lines, changed_lines);
    Merge merge = {
        .original = original_lines,
        .changed = changed_lines,
        .present = present_lines,
        .map = map,
        .foreign = foreign,
        .result = g_string_new(NULL),
    };
    for (guint i = 0; i < hunks->len; i++)
        undo_hunk(&merge, &g_array_index(hunks, Hunk, i));
    copy_until(&merge, present_lines->len);
    *ret_left = merge.left;
    return g_string_free(merge.result, FALSE);
}
