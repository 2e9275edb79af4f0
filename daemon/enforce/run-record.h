/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What secpold itself has changed on this machine since it was booted, so that a secpold started
 * anew can still take it back: a set of lines of any text, in a file of the runtime directory. Add
 * and save before the change is made; whenever that is cut short, the record says at least what was
 * done.
 *
 * A file that cannot be read or is damaged counts as an empty one: what it named then stays as it
 * is until the next boot.
 */
#pragma once

#include <glib.h>

/* Adding beyond this has no effect. */
#define RUN_RECORD_MAX_LINES 1024

/* Longer lines cannot be added. */
#define RUN_RECORD_MAX_LINE_BYTES 1024

typedef struct RunRecord RunRecord;

/* Loads DIRECTORY/NAME where it is there. Never fails. */
RunRecord *run_record_new(const char *directory, const char *name);
void run_record_free(RunRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunRecord, run_record_free)

/* Whether the line is in the record afterwards; FALSE where there is no room or it is too long. */
gboolean run_record_add(RunRecord *record, const char *line);
void run_record_remove(RunRecord *record, const char *line);
gboolean run_record_contains(const RunRecord *record, const char *line);

/* Sorted copies, NULL-terminated. Free with g_strfreev(). */
GStrv run_record_lines(const RunRecord *record);

/* Whether the file says what the record does. */
gboolean run_record_is_saved(const RunRecord *record);

/* Writes the file where it does not say what the record does. Errors: G_FILE_ERROR; the next call
 * tries again. */
gboolean run_record_save(RunRecord *record, GError **error);
