/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/table-rows.h"

#include <stdio.h>

static void cell_clear(gpointer data)
{
    Cell *cell = data;
    g_free(cell->text);
}

static Row *row_new(guint indent, gboolean heading)
{
    Row *row = g_new0(Row, 1);
    row->indent = indent;
    row->heading = heading;
    row->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    g_array_set_clear_func(row->cells, cell_clear);
    return row;
}

static void row_free(gpointer data)
{
    Row *row = data;
    g_array_unref(row->cells);
    g_free(row);
}

static void row_add_cell(Row *row, Color color, const char *text)
{
    Cell cell = {.text = terminal_escape(text), .color = color};
    g_array_append_val(row->cells, cell);
}

const Cell *table_row_cell(const Row *row, guint column)
{
    static const Cell empty = {.text = (char *)"", .color = COLOR_NONE};
    return column < row->cells->len ? &g_array_index(row->cells, Cell, column) : &empty;
}

Table *table_new(const char *const *header, TableOverflow overflow)
{
    Table *table = g_new0(Table, 1);
    table->overflow = overflow;
    table->rows = g_ptr_array_new_with_free_func(row_free);
    table->header = row_new(0, FALSE);
    for (; header[table->n_columns]; table->n_columns++) {
        const char *name = header[table->n_columns];
        row_add_cell(table->header, COLOR_UNDERLINE, name);
        table->has_header |= *name != '\0';
    }
    return table;
}

void table_free(Table *table)
{
    if (!table) {
        return;
    }
    row_free(table->header);
    g_ptr_array_unref(table->rows);
    g_free(table);
}

void table_align_right(Table *table, guint column)
{
    g_return_if_fail(column + 1 < table->n_columns);
    table->right_aligned |= 1U << column;
}

void table_keep_whole(Table *table, guint column)
{
    g_return_if_fail(column + 1 < table->n_columns);
    table->whole |= 1U << column;
}

void table_add_heading(Table *table, guint indent, Color color, const char *text)
{
    Row *row = row_new(indent, TRUE);
    row_add_cell(row, color, text);
    g_ptr_array_add(table->rows, row);
}

void table_add_row(Table *table, guint indent)
{
    g_ptr_array_add(table->rows, row_new(indent, FALSE));
}

void table_add_cell(Table *table, Color color, const char *text)
{
    g_return_if_fail(table->rows->len > 0);
    Row *row = g_ptr_array_index(table->rows, table->rows->len - 1);
    g_return_if_fail(row->cells->len < table->n_columns);
    row_add_cell(row, color, text);
}

void table_print(const Table *table, const Terminal *terminal, gboolean with_header)
{
    g_autofree char *text = table_to_string(table, terminal, with_header);
    fputs(text, stdout);
}
