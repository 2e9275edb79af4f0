/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in aligned columns. Widths count what a terminal shows, not bytes. On a terminal columns are
 * cut to fit, or the last one is wrapped; elsewhere nothing is ever cut. Text is escaped on its way
 * in.
 */
#pragma once

#include "ctl/terminal.h"

typedef struct Table Table;

typedef enum TableOverflow {
    TABLE_CUT,  /* the widest columns end in an ellipsis where a row does not fit */
    TABLE_WRAP, /* the last one goes on below itself, broken at blanks */
} TableOverflow;

/* @header is NULL-terminated and names the columns; printed unless all names are empty. */
Table *table_new(const char *const *header, TableOverflow overflow);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Right-aligned instead of left-aligned; never the last column. */
void table_align_right(Table *table, guint column);

/* Never cut on a terminal, whatever becomes of the others; never the last column. */
void table_keep_whole(Table *table, guint column);

/* A line of its own across all columns; the empty text is an empty line. */
void table_add_heading(Table *table, guint indent, Color color, const char *text);

/* Begins a row, its first column moved right by @indent blanks. */
void table_add_row(Table *table, guint indent);

/* The next cell of the row begun last; missing cells at the end are empty. */
void table_add_cell(Table *table, Color color, const char *text);

/* The table as text, each line ended by a newline. Free with g_free(). */
char *table_to_string(const Table *table, const Terminal *terminal, gboolean with_header);

/* The same to standard output. */
void table_print(const Table *table, const Terminal *terminal, gboolean with_header);
