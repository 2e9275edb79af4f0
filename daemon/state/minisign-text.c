/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/minisign-text.h"

#include <string.h>

#include "daemon/policy/text.h"
#include "daemon/state/base64.h"

gboolean minisign_split(const char *text, gsize length, MinisignLine *ret_lines, guint n)
{
    const char *end = text + length;
    if (length == 0 || memchr(text, '\0', length) != NULL)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (text == end)
            return FALSE;
        const char *line_feed = memchr(text, '\n', (gsize)(end - text));
        const char *line_end = line_feed != NULL ? line_feed : end;
        ret_lines[i] = (MinisignLine){text, (gsize)(line_end - text)};
        if (line_feed != NULL && line_feed > text && line_feed[-1] == '\r')
            ret_lines[i].length--;
        text = line_feed != NULL ? line_feed + 1 : end;
    }
    return text == end;
}

gboolean minisign_after(const MinisignLine *line, const char *prefix, MinisignLine *ret_rest)
{
    gsize length = strlen(prefix);
    if (line->length < length || memcmp(line->start, prefix, length) != 0)
        return FALSE;
    *ret_rest = (MinisignLine){line->start + length, line->length - length};
    return TRUE;
}

gboolean minisign_decode(const MinisignLine *line, guint8 *ret_bytes, gsize n_bytes)
{
    return base64_decode(line->start, line->length, ret_bytes, n_bytes);
}

char *minisign_display(const MinisignLine *comment)
{
    g_autofree char *text = g_strndup(comment->start, comment->length);
    g_strdelimit(text, "\t", ' ');
    /* Room for the ellipsis, should the comment be shorter than that. */
    return text_sanitize(text, MAX(comment->length * 3, 16));
}

void minisign_print_key_id(const guint8 *id, char ret_text[MINISIGN_KEY_ID_SIZE])
{
    guint64 number;
    memcpy(&number, id, sizeof number);
    g_snprintf(ret_text, MINISIGN_KEY_ID_SIZE, "%016" G_GINT64_MODIFIER "X",
               GUINT64_FROM_LE(number));
}
