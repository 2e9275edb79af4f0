/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text in a table on a terminal, as secpolctl shows what a device says; the first two bytes say
 * how wide and which. Nothing of it drives the terminal, nothing is much broader than the terminal,
 * and where nothing has to be cut all of it is there. */
#include "ctl/table.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#define NARROWEST 60

/* What a column is never squeezed below: the last one may stick out by so much. */
#define MINIMUM_WIDTH 8

/* Control characters, and those that separate lines, hide or reorder text. */
static gboolean is_harmful(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void check_safe(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text; text = g_utf8_next_char(text))
        g_assert_true(*text == '\n' || !is_harmful(g_utf8_get_char(text)));
}

static void check_lines(const char *text, guint width)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++)
        g_assert_cmpuint(terminal_text_width(*line), <=, width + MINIMUM_WIDTH);
}

static Table *make_table(TableOverflow overflow, char *const *cells)
{
    static const char *const header[] = {"A", "B", "C", NULL};
    Table *table = table_new(header, overflow);

    for (guint i = 0; cells[i]; i++) {
        if (i % 3 == 0)
            table_add_row(table, i % 4);
        table_add_cell(table, (Color)(i % (COLOR_LAST + 1)), cells[i]);
    }
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 2, size - 2);
    g_auto(GStrv) cells = g_strsplit(text, "\x1E", 12);
    const Terminal terminal = {.utf8 = data[1] & 1, .width = NARROWEST + data[0]};
    const Terminal file = {.utf8 = TRUE};

    g_autoptr(Table) table = make_table(data[1] & 2 ? TABLE_CUT : TABLE_WRAP, cells);
    g_autofree char *shown = table_to_string(table, &terminal, TRUE);
    check_safe(shown);
    check_lines(shown, terminal.width);
    g_autofree char *whole = table_to_string(table, &file, FALSE);
    check_safe(whole);
    for (char **cell = cells; *cell; cell++) {
        g_autofree char *escaped = terminal_escape(*cell);
        check_safe(escaped);
        g_strchomp(escaped);
        g_assert_nonnull(strstr(whole, escaped));
    }
    return 0;
}
