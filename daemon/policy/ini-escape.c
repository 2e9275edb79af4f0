/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/ini-escape.h"

#include <glib.h>
#include <string.h>

/* What a backslash and a letter of the one stand for, at the same place in the other. */
static const char escape_letters[] = "stnr\\";
static const char escaped_characters[] = " \t\n\r\\";
G_STATIC_ASSERT(sizeof escape_letters == sizeof escaped_characters);

char ini_unescape(char letter)
{
    const char *at = strchr(escape_letters, letter);
    if (at == NULL)
        return '\0';
    return escaped_characters[at - escape_letters];
}

char *ini_escape(const char *value)
{
    gsize length = strlen(value);
    g_autoptr(GString) escaped = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        const char *at = strchr(escaped_characters, value[i]);
        /* Only at the ends would a space be taken for one that does not count. */
        gboolean plain_space = value[i] == ' ' && i > 0 && i < length - 1;
        if (at == NULL || plain_space)
            g_string_append_c(escaped, value[i]);
        else
            g_string_append_printf(escaped, "\\%c", escape_letters[at - escaped_characters]);
    }
    return g_string_free(g_steal_pointer(&escaped), FALSE);
}
