/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent has to know of a file that it changed: how it was, so that it can be so again.
 * Kept on disk, one record a file, written before the file is. */
#pragma once

#include <glib.h>

typedef struct FileRecord {
    char *path;     /* of the file, links resolved */
    char *original; /* as it would be without the agent; NULL: there was none */
    char *written;  /* as the agent made it */
    GStrv edits;    /* what was done, as fingerprints of file-plan.h */
    GStrv made;     /* directories that had to be made, the deepest last */
} FileRecord;

void file_record_free(FileRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileRecord, file_record_free)

/* All records of the directory by path (element type FileRecord); one that cannot be read is passed
 * to @complain with the reason. */
GHashTable *file_records_load(const char *directory,
                              void (*complain)(const char *message, gpointer data), gpointer data);

/* Durable when it returns TRUE. */
gboolean file_record_save(const char *directory, const FileRecord *record, GError **error);

/* No record is no error. */
gboolean file_record_remove(const char *directory, const char *path, GError **error);
