/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent has to know of a file that it looks after: how it was, so that it can be so again.
 * Kept on disk, one record a file, written before the file is. */
#pragma once

#include <glib.h>

/* Texts are NULL where there was no file. */
typedef struct FileRecord {
    char *path;     /* of the file, links resolved */
    char *original; /* as it would be without the agent */
    char *written;  /* as the agent made it, or left it where nothing had to be done */
    char *before;   /* as it was right before that */
    GStrv edits;    /* what was done, as fingerprints of file-plan.h */
    GStrv made;     /* directories that the agent makes or made, the deepest last */
    GStrv untold;   /* bindings whose services have not read it since; while there are any, the file
                       may also still be as @before */
} FileRecord;

void file_record_free(FileRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileRecord, file_record_free)

FileRecord *file_record_copy(const FileRecord *record);
gboolean file_record_equal(const FileRecord *a, const FileRecord *b);

/* All records of the directory by path (element type FileRecord); one that cannot be read is passed
 * to @complain with the reason. */
GHashTable *file_records_load(const char *directory,
                              void (*complain)(const char *message, gpointer data), gpointer data);

/* Durable when it returns TRUE. */
gboolean file_record_save(const char *directory, const FileRecord *record, GError **error);

/* No record is no error. Durable as well. */
gboolean file_record_remove(const char *directory, const char *path, GError **error);
