/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a table is made of, for table.c, which fills it, and table-text.c, which lays it out. */
#pragma once

#include "ctl/table.h"

typedef struct Cell {
    char *text; /* escaped */
    Color color;
} Cell;

typedef struct Row {
    guint indent;
    gboolean heading; /* one cell, across all columns */
    GArray *cells;    /* element type Cell */
} Row;

struct Table {
    TableOverflow overflow;
    guint n_columns;
    guint right_aligned; /* bit mask of 1 << column */
    guint whole;         /* likewise */
    gboolean has_header;
    Row *header;
    GPtrArray *rows; /* element type Row */
};

/* An empty cell where the row has none. */
const Cell *table_row_cell(const Row *row, guint column);
