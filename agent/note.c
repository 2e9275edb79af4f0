/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/note.h"

#include <stdio.h>

#include "daemon/policy/text.h"

/* Programs and services have their say in messages. */
#define NOTE_MAX_BYTES 1024

void note(int priority, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* A line break would begin a message of its own. */
    g_autofree char *line = text_sanitize(message, NOTE_MAX_BYTES);

    /* The journal takes the priority from the beginning of the line; see sd-daemon(3). */
    if (g_getenv("JOURNAL_STREAM"))
        fprintf(stderr, "<%d>%s\n", priority, line);
    else
        fprintf(stderr, "secpol-agent: %s\n", line);
}
