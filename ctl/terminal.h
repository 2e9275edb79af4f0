/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the output goes to: colours, width, characters; and text made safe to be shown there. */
#pragma once

#include <glib.h>

typedef enum Color {
    COLOR_NONE,
    COLOR_BOLD,
    COLOR_UNDERLINE,
    COLOR_DIM,
    COLOR_GREEN,
    COLOR_YELLOW,
    COLOR_RED,
    COLOR_LAST = COLOR_RED,
} Color;

typedef struct Terminal {
    gboolean colors;
    gboolean utf8; /* the locale's character set can show more than ASCII */
    guint width;   /* columns; 0 where the output is no terminal: never cut anything */
    gboolean full; /* do not cut on a terminal either */
} Terminal;

/* What systemd takes for a boolean: "yes", "0", "on" and the like. FALSE, leaving @ret_value, for
 * anything else. */
gboolean terminal_parse_boolean(const char *text, gboolean *ret_value);

/* Looks at standard output and the environment. setlocale() has been called before. */
void terminal_detect(Terminal *ret_terminal);

/* Whether a terminal of this kind, the value of $TERM, can do no more than print: "dumb", or not
 * told. */
gboolean terminal_is_dumb(const char *term);

/* Whether to use colours, given the values of $SYSTEMD_COLORS, $NO_COLOR and $TERM (NULL where
 * unset) and whether the output is a terminal. SYSTEMD_COLORS decides where it is a boolean or a
 * number of colours; "auto-16" and the like leave it to the terminal. */
gboolean terminal_wants_colors(const char *systemd_colors, const char *no_color, const char *term,
                               gboolean is_terminal);

/* The escape sequences around coloured text; "" without colours and for COLOR_NONE. */
const char *terminal_color_begin(const Terminal *terminal, Color color);
const char *terminal_color_end(const Terminal *terminal, Color color);

/* "●" (or "○" where not @filled), "*" (or "o") where the locale has only ASCII. */
const char *terminal_dot(const Terminal *terminal, gboolean filled);

/* Whether it is a control character, one that reorders or hides text, or a line separator. */
gboolean terminal_obeys(gunichar character);

/* @text as valid UTF-8 in which control characters stand as "\x1b", so that what an agent or a
 * file says cannot drive the terminal. Free with g_free(). */
char *terminal_escape(const char *text);

/* Columns that a character, or @text, valid UTF-8, takes. */
guint terminal_character_width(gunichar character);
guint terminal_text_width(const char *text);
