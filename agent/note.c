/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/note.h"

#include <stdio.h>

void note(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    /* The journal takes the priority from the beginning of the line; see sd-daemon(3). */
    if (g_getenv("JOURNAL_STREAM"))
        fprintf(stderr, "<%d>%s\n", priority, message);
    else
        fprintf(stderr, "secpol-agent: %s\n", message);
}
