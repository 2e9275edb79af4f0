/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a policy document or a device profile, line by line. */
#pragma once

#include <glib.h>

typedef enum DiagnosticSeverity {
    DIAGNOSTIC_ERROR,   /* the document is refused */
    DIAGNOSTIC_WARNING, /* accepted, but somebody should look */
} DiagnosticSeverity;

typedef struct Diagnostic {
    char *file; /* NULL for a policy document: its reader knows the name */
    guint line; /* from 1; 0 where the document as a whole is meant */
    DiagnosticSeverity severity;
    char *key;     /* the key or group meant; "" where none is */
    char *message; /* a clause without final stop: "unknown key; did you mean RestrictLpdPort?" */
} Diagnostic;

void diagnostic_free(Diagnostic *diagnostic);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diagnostic, diagnostic_free)

/* A growing list of diagnostics, capped: after 100 the rest is counted, not kept. */
typedef struct Diagnostics {
    GPtrArray *list; /* element type Diagnostic, in the order found */
    guint n_errors;  /* all of them, also those beyond the cap */
} Diagnostics;

Diagnostics *diagnostics_new(void);
void diagnostics_free(Diagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diagnostics, diagnostics_free)

void diagnostics_add(Diagnostics *diagnostics, const char *file, guint line,
                     DiagnosticSeverity severity, const char *key, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

const char *diagnostic_severity_to_string(DiagnosticSeverity severity);

/* "FILE:LINE: KEY: MESSAGE"; @file stands in where the diagnostic has none. */
char *diagnostic_to_string(const Diagnostic *diagnostic, const char *file);
