/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/file-record.h"

#include <errno.h>
#include <unistd.h>

#include "agent/record-file.h"
#include "daemon/files/file-io.h"

/* Path, original, written, before, edits, directories made, bindings untold. A path need not be
 * valid UTF-8. */
#define RECORD_TYPE   "(aymaymaymayasaayas)"
#define RECORD_FORMAT "(^aym^aym^aym^ay^as^aay^as)"
#define SUFFIX        ".file"
/* Three texts of a megabyte, and what is said of them. */
#define RECORD_MAX_BYTES (4U << 20)

void file_record_free(FileRecord *record)
{
    if (!record)
        return;
    g_free(record->path);
    g_free(record->original);
    g_free(record->written);
    g_free(record->before);
    g_strfreev(record->edits);
    g_strfreev(record->made);
    g_strfreev(record->untold);
    g_free(record);
}

FileRecord *file_record_copy(const FileRecord *record)
{
    FileRecord *copy = g_new0(FileRecord, 1);
    copy->path = g_strdup(record->path);
    copy->original = g_strdup(record->original);
    copy->written = g_strdup(record->written);
    copy->before = g_strdup(record->before);
    copy->edits = g_strdupv(record->edits);
    copy->made = g_strdupv(record->made);
    copy->untold = g_strdupv(record->untold);
    return copy;
}

static gboolean equal_lists(GStrv a, GStrv b)
{
    return g_strv_equal((const char *const *)a, (const char *const *)b);
}

gboolean file_record_equal(const FileRecord *a, const FileRecord *b)
{
    return g_str_equal(a->path, b->path) && g_strcmp0(a->original, b->original) == 0 &&
           g_strcmp0(a->written, b->written) == 0 && g_strcmp0(a->before, b->before) == 0 &&
           equal_lists(a->edits, b->edits) && equal_lists(a->made, b->made) &&
           equal_lists(a->untold, b->untold);
}

/* A path holds slashes, and may be longer than a file's name. */
static char *record_name(const char *directory, const char *path)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, path, -1);
    g_autofree char *name = g_strconcat(digest, SUFFIX, NULL);
    return g_build_filename(directory, name, NULL);
}

static FileRecord *parse_record(GVariant *variant)
{
    FileRecord *record = g_new0(FileRecord, 1);
    g_variant_get(variant, RECORD_FORMAT, &record->path, &record->original, &record->written,
                  &record->before, &record->edits, &record->made, &record->untold);
    return record;
}

static FileRecord *load_record(const char *name, GError **error)
{
    g_autoptr(GVariant) variant = record_file_load(name, RECORD_TYPE, RECORD_MAX_BYTES,
                                                   "the file it is about stays as it is", error);
    return variant ? parse_record(variant) : NULL;
}

GHashTable *file_records_load(const char *directory,
                              void (*complain)(const char *message, gpointer data), gpointer data)
{
    GHashTable *records =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)file_record_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, SUFFIX))
            continue;
        g_autofree char *full = g_build_filename(directory, name, NULL);
        g_autoptr(GError) error = NULL;
        FileRecord *record = load_record(full, &error);
        if (record)
            g_hash_table_replace(records, record->path, record);
        else
            complain(error->message, data);
    }
    return records;
}

gboolean file_record_save(const char *directory, const FileRecord *record, GError **error)
{
    g_autofree char *name = record_name(directory, record->path);
    GVariant *value = g_variant_new(RECORD_FORMAT, record->path, record->original, record->written,
                                    record->before, record->edits, record->made, record->untold);
    return record_file_save(name, value, error);
}

gboolean file_record_remove(const char *directory, const char *path, GError **error)
{
    g_autofree char *name = record_name(directory, path);
    if (unlink(name) < 0)
        return errno == ENOENT || file_error_set(error, name, "cannot remove", errno);
    return directory_sync(directory, error);
}
