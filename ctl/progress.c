/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/progress.h"

#include <stdio.h>
#include <unistd.h>

void progress_say(const Context *context, const char *format, ...)
{
    if (!context->legend || !isatty(STDERR_FILENO)) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *line = terminal_escape(message);
    fprintf(stderr, "%s ...\n", line);
}
