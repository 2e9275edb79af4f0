/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/file-record.h"

#include <errno.h>
#include <unistd.h>

#include "daemon/files/file-io.h"

/* Path, existed, original, written, edits, directories made. */
#define RECORD_TYPE "(sbayayasas)"
#define SUFFIX      ".file"
/* Two texts of a megabyte, and what is said of them. */
#define RECORD_MAX_BYTES (4U << 20)

void file_record_free(FileRecord *record)
{
    if (!record)
        return;
    g_free(record->path);
    g_free(record->original);
    g_free(record->written);
    g_strfreev(record->edits);
    g_strfreev(record->made);
    g_free(record);
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
    gboolean existed;
    FileRecord *record = g_new0(FileRecord, 1);
    g_variant_get(variant, "(sb^ay^ay^as^as)", &record->path, &existed, &record->original,
                  &record->written, &record->edits, &record->made);
    if (!existed)
        g_clear_pointer(&record->original, g_free);
    return record;
}

static FileRecord *load_record(const char *name, GError **error)
{
    g_autofree char *contents = NULL;
    gsize length;
    if (!file_read(name, RECORD_MAX_BYTES, &contents, &length, error))
        return NULL;

    g_autoptr(GBytes) bytes = g_bytes_new(contents, length);
    g_autoptr(GVariant) variant =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RECORD_TYPE), bytes, FALSE));
    if (g_variant_is_normal_form(variant))
        return parse_record(variant);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                "%s: damaged; the file it is about stays as it is", name);
    return NULL;
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
    g_autoptr(GVariant) variant = g_variant_ref_sink(g_variant_new(
        "(sb^ay^ay^as^as)", record->path, record->original != NULL,
        record->original ? record->original : "", record->written, record->edits, record->made));
    return file_replace(name, g_variant_get_data(variant), g_variant_get_size(variant), error);
}

gboolean file_record_remove(const char *directory, const char *path, GError **error)
{
    g_autofree char *name = record_name(directory, path);
    if (unlink(name) < 0 && errno != ENOENT)
        return file_error_set(error, name, "cannot remove", errno);
    return TRUE;
}
