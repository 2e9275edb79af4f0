/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "remote-ui/html.h"

void html_add(GString *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *markup = g_markup_vprintf_escaped(format, arguments);
    va_end(arguments);
    g_string_append(out, markup);
}
