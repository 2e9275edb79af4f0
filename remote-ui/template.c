/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/template.h"

#include <string.h>

void template_fill(GString *out, const char *template,
                   void (*fill)(GString *out, const char *name, gpointer data), gpointer data)
{
    const char *begin;
    const char *end;
    while ((begin = strstr(template, "{{")) && (end = strstr(begin, "}}"))) {
        g_autofree char *name = g_strndup(begin + 2, (gsize)(end - begin) - 2);
        g_string_append_len(out, template, begin - template);
        fill(out, name, data);
        template = end + 2;
    }
    g_string_append(out, template);
}
