/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three texts with the byte 0x1E between them: a file as it was, as it was changed, and as it is.
 * Taking the change back never loses what others wrote, and gives the very file where nobody wrote
 * anything. */
#include "agent/text-merge.h"
#include "agent/text-diff.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#define SEPARATOR "\x1E"

static void check_untouched(const char *original, const char *changed)
{
    for (guint foreign = TEXT_MERGE_LEAVE; foreign <= TEXT_MERGE_UNDO; foreign++) {
        guint left = 7;
        g_autofree char *back = text_merge_undo(original, changed, changed, foreign, &left);
        g_assert_cmpstr(back, ==, original);
        g_assert_cmpuint(left, ==, 0);
    }
}

/* Where nothing was changed there is nothing to take back. */
static void check_unchanged(const char *original, const char *present)
{
    guint left = 7;
    g_autofree char *back = text_merge_undo(original, original, present, TEXT_MERGE_UNDO, &left);
    g_assert_cmpstr(back, ==, present);
    g_assert_cmpuint(left, ==, 0);
}

static gsize first_word(const char *line)
{
    return strcspn(line, " \t:=,;");
}

static gboolean begins_like(char *const *lines, const char *line)
{
    const gsize length = first_word(line);
    for (; *lines; lines++)
        if (first_word(*lines) == length && strncmp(*lines, line, length) == 0)
            return TRUE;
    return FALSE;
}

/* Lines that begin as none of the changed file does are somebody else's: all of them are in the
 * result, in their order. */
static void check_foreign(char *const *changed, char *const *present, char *const *result)
{
    for (; *present; present++) {
        const gboolean behind_last = !**present && !present[1];
        if (behind_last || begins_like(changed, *present))
            continue;
        while (*result && !g_str_equal(*result, *present))
            result++;
        g_assert_nonnull(*result);
        result++;
    }
}

static void check_undo(const char *original, const char *changed, const char *present)
{
    guint left = 0;
    g_autofree char *result = text_merge_undo(original, changed, present, TEXT_MERGE_LEAVE, &left);
    g_auto(GStrv) changed_lines = g_strsplit(changed, "\n", -1);
    g_auto(GStrv) present_lines = g_strsplit(present, "\n", -1);
    g_auto(GStrv) result_lines = g_strsplit(result, "\n", -1);

    check_foreign(changed_lines, present_lines, result_lines);
    /* And a line feed for each text that ends without one. */
    g_assert_cmpuint(strlen(result), <=, strlen(original) + strlen(changed) + strlen(present) + 3);
    g_autofree char *undone = text_merge_undo(original, changed, present, TEXT_MERGE_UNDO, &left);
    g_assert_nonnull(undone);
    g_autofree char *shown = text_diff_show(original, changed);
    g_assert_cmpint(*shown == '\0', ==, g_str_equal(original, changed));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) texts = g_strsplit(text, SEPARATOR, 3);

    if (g_strv_length(texts) < 3)
        return 0;
    check_untouched(texts[0], texts[1]);
    check_unchanged(texts[0], texts[2]);
    check_undo(texts[0], texts[1], texts[2]);
    return 0;
}
