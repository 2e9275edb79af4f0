/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a terminal that does not tell its size is taken for. */
#define DEFAULT_WIDTH 80

gboolean terminal_parse_boolean(const char *text, gboolean *ret_value)
{
    static const char *const words[][2] = {
        {"0", "1"}, {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"n", "y"}, {"f", "t"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        for (int value = 0; value < 2; value++) {
            if (g_ascii_strcasecmp(text, words[i][value]) == 0) {
                *ret_value = value;
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* How many colours there may be does not matter here: fewer than sixteen are used. */
static gboolean names_colors(const char *text)
{
    return strcmp(text, "16") == 0 || strcmp(text, "256") == 0 || strcmp(text, "24bit") == 0;
}

gboolean terminal_is_dumb(const char *term)
{
    return !term || *term == '\0' || strcmp(term, "dumb") == 0;
}

gboolean terminal_wants_colors(const char *systemd_colors, const char *no_color, const char *term,
                               gboolean is_terminal)
{
    gboolean wanted;
    if (systemd_colors && terminal_parse_boolean(systemd_colors, &wanted)) {
        return wanted;
    }
    if (systemd_colors && names_colors(systemd_colors)) {
        return TRUE;
    }
    if (no_color && *no_color) {
        return FALSE;
    }
    return is_terminal && !terminal_is_dumb(term);
}

static guint detect_width(void)
{
    guint64 columns;
    const char *text = g_getenv("COLUMNS");
    if (text && g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT16, &columns, NULL)) {
        return (guint)columns;
    }
    struct winsize size = {};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return DEFAULT_WIDTH;
}

void terminal_detect(Terminal *ret_terminal)
{
    gboolean is_terminal = isatty(STDOUT_FILENO);
    *ret_terminal = (Terminal){
        .colors = terminal_wants_colors(g_getenv("SYSTEMD_COLORS"), g_getenv("NO_COLOR"),
                                        g_getenv("TERM"), is_terminal),
        .utf8 = g_get_charset(NULL),
        .width = is_terminal ? detect_width() : 0,
    };
}

const char *terminal_color_begin(const Terminal *terminal, Color color)
{
    static const char *const sequences[] = {
        [COLOR_NONE] = "",
        [COLOR_BOLD] = "\033[0;1;39m",
        [COLOR_UNDERLINE] = "\033[0;4m",
        [COLOR_DIM] = "\033[0;38;5;245m",
        [COLOR_GREEN] = "\033[0;1;32m",
        [COLOR_YELLOW] = "\033[0;1;33m",
        [COLOR_RED] = "\033[0;1;31m",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(sequences) == COLOR_LAST + 1);
    return terminal->colors ? sequences[color] : "";
}

const char *terminal_color_end(const Terminal *terminal, Color color)
{
    return terminal->colors && color != COLOR_NONE ? "\033[0m" : "";
}

const char *terminal_dot(const Terminal *terminal, gboolean filled)
{
    if (!terminal->utf8) {
        return filled ? "*" : "o";
    }
    return filled ? "●" : "○";
}

gboolean terminal_obeys(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        return FALSE;
    }
}

char *terminal_escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *safe = g_string_sized_new(strlen(valid));
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!terminal_obeys(c)) {
            g_string_append_unichar(safe, c);
        } else if (c <= 0xff) {
            g_string_append_printf(safe, "\\x%02x", c);
        } else {
            g_string_append_printf(safe, "\\u%04x", c);
        }
    }
    return g_string_free(safe, FALSE);
}

guint terminal_character_width(gunichar character)
{
    if (g_unichar_iswide(character)) {
        return 2;
    }
    return g_unichar_iszerowidth(character) ? 0 : 1;
}

guint terminal_text_width(const char *text)
{
    guint width = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        width += terminal_character_width(g_utf8_get_char(p));
    }
    return width;
}
