/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of what reads documents and profiles: found diagnostics as text, and texts that end
 * where the allocated memory ends, so that a reader that goes too far is noticed. */
#pragma once

#include <string.h>

#include "daemon/policy/diagnostic.h"

/* A line each: "FILE:LINE: SEVERITY: KEY: MESSAGE". */
static inline char *diagnostics_to_text(const Diagnostics *diagnostics)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < diagnostics->list->len; i++) {
        const Diagnostic *diagnostic = diagnostics->list->pdata[i];
        if (diagnostic->file != NULL)
            g_string_append_printf(text, "%s:", diagnostic->file);
        g_string_append_printf(text, "%u: %s: %s: %s\n", diagnostic->line,
                               diagnostic_severity_to_string(diagnostic->severity), diagnostic->key,
                               diagnostic->message);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static inline void assert_diagnostics(const Diagnostics *diagnostics, const char *expected)
{
    g_autofree char *found = diagnostics_to_text(diagnostics);
    g_assert_cmpstr(found, ==, expected);
}

/* Without a NUL behind it. Free with g_free(). */
static inline char *copy_tightly(const char *text, gsize length)
{
    return g_memdup2(text, length);
}
