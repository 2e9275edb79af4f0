/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/text.h"

#include <string.h>

#define ELLIPSIS    "..."
#define REPLACEMENT 0xFFFD

static gboolean is_noncharacter(gunichar character)
{
    return (character >= 0xFDD0 && character <= 0xFDEF) || (character & 0xFFFE) == 0xFFFE;
}

gboolean text_is_displayable(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return !is_noncharacter(character);
    }
}

/* Cuts at a character's boundary so that the ellipsis still fits. */
static void shorten(GString *text, gsize max_bytes)
{
    const char *end = text->str + max_bytes - strlen(ELLIPSIS);
    while (end > text->str && ((guchar)*end & 0xC0) == 0x80)
        end--;
    g_string_truncate(text, (gsize)(end - text->str));
    g_string_append(text, ELLIPSIS);
}

char *text_sanitize(const char *text, gsize max_bytes)
{
    /* Replacing makes four bytes three at most, so twice the length is enough to fill the copy and
     * to know that something was cut; a whole document need not be looked at. */
    g_autofree char *head = g_strndup(text, 2 * max_bytes);
    g_autofree char *valid = g_utf8_make_valid(head, -1);
    g_autoptr(GString) clean = g_string_new(NULL);
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        g_string_append_unichar(clean, text_is_displayable(character) ? character : REPLACEMENT);
    }
    if (clean->len > max_bytes)
        shorten(clean, max_bytes);
    return g_string_free(g_steal_pointer(&clean), FALSE);
}
