/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a policy document or a device profile, line by line. */
#pragma once

#include <glib.h>

/* Diagnostics beyond these many are counted, not kept. */
#define DIAGNOSTICS_MAX 100

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

/* A growing list of diagnostics, capped at DIAGNOSTICS_MAX. */
typedef struct Diagnostics {
    GPtrArray *list;  /* element type Diagnostic; file by file by line, then what
                         needs all files to be judged */
    guint n_errors;   /* all of them, also those beyond the cap */
    guint n_warnings; /* likewise */
} Diagnostics;

Diagnostics *diagnostics_new(void);
void diagnostics_free(Diagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diagnostics, diagnostics_free)

/* Key and message may quote the document: what a terminal or D-Bus would trip over is replaced by
 * U+FFFD, and what is longer than 128 (key) or 512 bytes (message) is cut. */
void diagnostics_add(Diagnostics *diagnostics, const char *file, guint line,
                     DiagnosticSeverity severity, const char *key, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

/* Nothing added from now on is kept: looking for a helpful message is no longer worth it. */
gboolean diagnostics_is_full(const Diagnostics *diagnostics);

/* Sorts the diagnostics from position @first on by line; those of one line stay in their order. */
void diagnostics_sort(Diagnostics *diagnostics, guint first);

const char *diagnostic_severity_to_string(DiagnosticSeverity severity);

/* All of them as one message, a line each, as diagnostic_to_string() has it. */
char *diagnostics_to_message(const Diagnostics *diagnostics, const char *file);

/* The first line of such a message, and how many more there are. */
char *message_to_sentence(const char *message);

/* "FILE:LINE: KEY: MESSAGE", without the parts there are none of; @file, which may be NULL, stands
 * in where the diagnostic has none. */
char *diagnostic_to_string(const Diagnostic *diagnostic, const char *file);
