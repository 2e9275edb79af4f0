/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where two texts differ, line by line. Pure. */
#pragma once

#include <glib.h>

/* Where more lines than these differ, all of them are taken as changed. */
#define TEXT_DIFF_MAX_LINES 4096

/* Lines with their line feeds, so that joining them gives the text again; element type char. */
GPtrArray *text_lines(const char *text);
const char *text_line(const GPtrArray *lines, guint at);

/* For every line of @a the line of @b that it is, or -1; in rising order. Free with g_free(). */
gint *text_lines_map(const GPtrArray *a, const GPtrArray *b);

/* A place where @changed differs from @original: lines [o, o_end) became [c, c_end). */
typedef struct Hunk {
    guint o, o_end;
    guint c, c_end;
} Hunk;

/* Element type Hunk, in order. */
GArray *text_hunks(const GPtrArray *original, const GPtrArray *changed);

/* The lines that are other in @changed, each after "-" or "+" as it went or came, for a terminal:
 * what does nothing but print stands for everything else. Free with g_free(). */
char *text_diff_show(const char *original, const char *changed);
