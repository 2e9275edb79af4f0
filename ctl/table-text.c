/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/table-rows.h"

#include <string.h>

#define GAP 2
/* After a right-aligned column, which ends where the next one begins. */
#define GAP_RIGHT 1
/* No column is squeezed to less than this, or than its name; the terminal wraps the line then. */
#define MINIMUM_WIDTH 8
/* Other columns are squeezed rather than wrapping the last one into less ... */
#define WRAPPED_WIDTH 20
/* ... but not the first. */
#define NARROW_WRAPPED_WIDTH 12

static void widen(const Row *row, guint n_columns, guint *widths)
{
    for (guint column = 0; column < n_columns && !row->heading; column++) {
        guint width = terminal_text_width(table_row_cell(row, column)->text);
        widths[column] = MAX(widths[column], width + (column == 0 ? row->indent : 0));
    }
}

static guint gap_after(const Table *table, guint column)
{
    return (table->right_aligned & (1U << column)) != 0 ? GAP_RIGHT : GAP;
}

static guint total_width(const Table *table, const guint *widths)
{
    guint total = widths[table->n_columns - 1];
    for (guint column = 0; column + 1 < table->n_columns; column++) {
        total += widths[column] + gap_after(table, column);
    }
    return total;
}

/* Numbers mean something else when their end is missing, and what is wrapped has given already. */
static guint narrowest(const Table *table, const guint *widths, guint column)
{
    gboolean wrapped = table->overflow == TABLE_WRAP && column + 1 == table->n_columns;
    if (wrapped || ((table->right_aligned | table->whole) & (1U << column)) != 0) {
        return widths[column];
    }
    return MAX(MINIMUM_WIDTH, terminal_text_width(table_row_cell(table->header, column)->text));
}

/* The column to take from: the widest, of equal ones the last. When these have nothing left to
 * give, the one that is wrapped gives some more, and at last the first, by which rows are known; -1
 * where none has anything left. */
static gint widest(const Table *table, const guint *widths)
{
    gint best = -1;
    for (guint column = 1; column < table->n_columns; column++) {
        gboolean wide = widths[column] > narrowest(table, widths, column);
        if (wide && (best < 0 || widths[column] >= widths[best])) {
            best = (gint)column;
        }
    }
    guint last = table->n_columns - 1;
    if (best < 0 && table->overflow == TABLE_WRAP && widths[last] > NARROW_WRAPPED_WIDTH) {
        return (gint)last;
    }
    return best < 0 && widths[0] > narrowest(table, widths, 0) ? 0 : best;
}

static void squeeze(const Table *table, const Terminal *terminal, guint *widths)
{
    gint column;
    while (total_width(table, widths) > terminal->width && (column = widest(table, widths)) >= 0) {
        widths[column]--;
    }
}

/* Bytes of @text that fit into @width columns. */
static gsize fitting_bytes(const char *text, guint width)
{
    const char *p = text;
    guint used = 0;
    while (*p) {
        const char *next = g_utf8_next_char(p);
        used += terminal_character_width(g_utf8_get_char(p));
        if (used > width) {
            break;
        }
        p = next;
    }
    return (gsize)(p - text);
}

static void append_colored(GString *out, const Terminal *terminal, Color color, const char *text,
                           gsize length)
{
    if (length == 0) {
        return;
    }
    g_string_append(out, terminal_color_begin(terminal, color));
    g_string_append_len(out, text, (gssize)length);
    g_string_append(out, terminal_color_end(terminal, color));
}

static void append_blanks(GString *out, guint count)
{
    g_string_append_printf(out, "%*s", (int)count, "");
}

/* What of the cell's text fits into @width columns; one less may be left where the next character
 * takes two. Free with g_free(). */
static char *cut_text(const Terminal *terminal, const Cell *cell, guint width)
{
    const char *ellipsis = terminal->utf8 ? "…" : "...";
    guint taken = terminal_text_width(ellipsis);
    gboolean whole = terminal_text_width(cell->text) <= width || width <= taken;
    gsize kept = fitting_bytes(cell->text, whole ? width : width - taken);
    return g_strdup_printf("%.*s%s", (int)kept, cell->text, whole ? "" : ellipsis);
}

/* Bytes of the first line when @text is broken at the last blank within @width; a word longer than
 * that is broken where it stands. */
static gsize line_bytes(const char *text, guint width)
{
    gsize fitting = fitting_bytes(text, width);
    if (text[fitting] == '\0' || text[fitting] == ' ') {
        return fitting;
    }
    for (gsize i = fitting; i > 0; i--) {
        if (text[i - 1] == ' ') {
            return i - 1;
        }
    }
    return fitting;
}

static void append_wrapped(GString *out, const Terminal *terminal, const Cell *cell, guint width,
                           guint offset)
{
    const char *rest = cell->text;
    while (*rest) {
        gsize length = line_bytes(rest, width);
        if (length == 0) {
            length = (gsize)(g_utf8_next_char(rest) - rest);
        }
        append_colored(out, terminal, cell->color, rest, length);
        rest += length;
        rest += strspn(rest, " ");
        if (*rest) {
            g_string_append_c(out, '\n');
            append_blanks(out, offset);
        }
    }
}

static gboolean is_cut(const Table *table, const Terminal *terminal)
{
    return terminal->width > 0 && table->overflow == TABLE_CUT && !terminal->full;
}

static void append_last(GString *out, const Table *table, const Terminal *terminal,
                        const Cell *cell, guint offset)
{
    guint left = terminal->width > offset ? terminal->width - offset : 0;
    guint width = MAX(left, MINIMUM_WIDTH);
    if (is_cut(table, terminal)) {
        g_autofree char *text = cut_text(terminal, cell, width);
        append_colored(out, terminal, cell->color, text, strlen(text));
    } else if (terminal->width > 0 && table->overflow == TABLE_WRAP) {
        append_wrapped(out, terminal, cell, width, offset);
    } else {
        append_colored(out, terminal, cell->color, cell->text, strlen(cell->text));
    }
}

/* A cell of any column but the last, filled up with blanks. */
static void append_cell(GString *out, const Table *table, const Terminal *terminal,
                        const Cell *cell, guint column, guint width)
{
    g_autofree char *text = cut_text(terminal, cell, width);
    guint used = terminal_text_width(text);
    gboolean right = (table->right_aligned & (1U << column)) != 0;
    append_blanks(out, right ? width - used : 0);
    append_colored(out, terminal, cell->color, text, strlen(text));
    append_blanks(out, (right ? 0 : width - used) + gap_after(table, column));
}

static void append_row(GString *out, const Table *table, const Terminal *terminal, const Row *row,
                       const guint *widths)
{
    guint offset = row->indent;
    append_blanks(out, row->indent);
    for (guint column = 0; column + 1 < table->n_columns && !row->heading; column++) {
        guint taken = column == 0 ? row->indent : 0;
        guint width = widths[column] > taken ? widths[column] - taken : 1;
        append_cell(out, table, terminal, table_row_cell(row, column), column, width);
        offset += width + gap_after(table, column);
    }
    guint last = row->heading ? 0 : table->n_columns - 1;
    append_last(out, table, terminal, table_row_cell(row, last), offset);
    while (out->len > 0 && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
    g_string_append_c(out, '\n');
}

static guint *measure(const Table *table, const Terminal *terminal, gboolean show_header)
{
    guint *widths = g_new0(guint, table->n_columns);
    if (show_header) {
        widen(table->header, table->n_columns, widths);
    }
    for (guint i = 0; i < table->rows->len; i++) {
        widen(g_ptr_array_index(table->rows, i), table->n_columns, widths);
    }
    if (terminal->width == 0 || terminal->full) {
        return widths;
    }
    if (table->overflow == TABLE_WRAP) {
        widths[table->n_columns - 1] = MIN(widths[table->n_columns - 1], WRAPPED_WIDTH);
    }
    squeeze(table, terminal, widths);
    return widths;
}

char *table_to_string(const Table *table, const Terminal *terminal, gboolean with_header)
{
    gboolean show_header = with_header && table->has_header;
    g_autofree guint *widths = measure(table, terminal, show_header);
    GString *out = g_string_new(NULL);
    if (show_header) {
        append_row(out, table, terminal, table->header, widths);
    }
    for (guint i = 0; i < table->rows->len; i++) {
        append_row(out, table, terminal, g_ptr_array_index(table->rows, i), widths);
    }
    return g_string_free(out, FALSE);
}
