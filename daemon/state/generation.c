/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/generation.h"

#include <string.h>

#include "daemon/files/file-io.h"
#include "daemon/policy/policy-document.h"
#include "daemon/state/signature.h"

#define GROUP          "Generation"
#define META_MAX_BYTES 16384

G_DEFINE_QUARK(secpold_generation_error, generation_error)

void generation_meta_clear(GenerationMeta *meta)
{
    g_free(meta->name);
    g_free(meta->digest);
    g_free(meta->unit);
    g_free(meta->signer);
    g_free(meta->boot_id);
    *meta = (GenerationMeta){0};
}

void generation_free(Generation *generation)
{
    if (!generation)
        return;
    generation_meta_clear(&generation->meta);
    g_clear_pointer(&generation->document, g_bytes_unref);
    g_clear_pointer(&generation->signature, g_bytes_unref);
    g_free(generation);
}

char *generation_meta_print(const GenerationMeta *meta)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    g_key_file_set_string(file, GROUP, "Name", meta->name);
    g_key_file_set_uint64(file, GROUP, "Serial", meta->serial);
    g_key_file_set_string(file, GROUP, "Digest", meta->digest);
    g_key_file_set_uint64(file, GROUP, "ImportedUSec", meta->imported_usec);
    g_key_file_set_uint64(file, GROUP, "Uid", meta->uid);
    g_key_file_set_string(file, GROUP, "Unit", meta->unit);
    g_key_file_set_string(file, GROUP, "Signer", meta->signer);
    g_key_file_set_uint64(file, GROUP, "Previous", meta->previous);
    g_key_file_set_boolean(file, GROUP, "Confirmed", meta->confirmed);
    g_key_file_set_string(file, GROUP, "BootId", meta->boot_id);
    g_key_file_set_uint64(file, GROUP, "DeadlineUSec", meta->deadline_usec);
    return g_key_file_to_data(file, NULL, NULL);
}

/* Reads keys until one fails; what was read then is freed by the caller. */
typedef struct MetaReader {
    GKeyFile *file;
    GError *error;
} MetaReader;

static char *read_text(MetaReader *reader, const char *key)
{
    return reader->error ? NULL : g_key_file_get_string(reader->file, GROUP, key, &reader->error);
}

static guint64 read_number(MetaReader *reader, const char *key)
{
    return reader->error ? 0 : g_key_file_get_uint64(reader->file, GROUP, key, &reader->error);
}

static void read_meta(MetaReader *reader, GenerationMeta *meta)
{
    meta->name = read_text(reader, "Name");
    meta->serial = read_number(reader, "Serial");
    meta->digest = read_text(reader, "Digest");
    meta->imported_usec = read_number(reader, "ImportedUSec");
    meta->uid = (guint32)read_number(reader, "Uid");
    meta->unit = read_text(reader, "Unit");
    meta->signer = read_text(reader, "Signer");
    meta->previous = read_number(reader, "Previous");
    meta->boot_id = read_text(reader, "BootId");
    meta->deadline_usec = read_number(reader, "DeadlineUSec");
    meta->confirmed =
        !reader->error && g_key_file_get_boolean(reader->file, GROUP, "Confirmed", &reader->error);
}

gboolean generation_meta_parse(const char *text, gsize length, GenerationMeta *ret_meta,
                               GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    MetaReader reader = {.file = file};
    GenerationMeta meta = {0};

    if (g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &reader.error))
        read_meta(&reader, &meta);
    if (!reader.error) {
        *ret_meta = meta;
        return TRUE;
    }
    generation_meta_clear(&meta);
    g_set_error(error, GENERATION_ERROR, GENERATION_ERROR_DAMAGED, "meta: %s",
                reader.error->message);
    g_clear_error(&reader.error);
    return FALSE;
}

static GBytes *read_part(const char *directory, const char *name, gsize maximum, GError **error)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    g_autoptr(GError) failure = NULL;
    char *contents;
    gsize length;

    if (file_read(path, maximum, &contents, &length, &failure))
        return g_bytes_new_take(contents, length);
    g_set_error_literal(error, GENERATION_ERROR, GENERATION_ERROR_DAMAGED, failure->message);
    return NULL;
}

static gboolean read_recorded(Generation *generation, const char *directory, GError **error)
{
    g_autoptr(GBytes) meta = read_part(directory, "meta", META_MAX_BYTES, error);
    return meta && generation_meta_parse(g_bytes_get_data(meta, NULL), g_bytes_get_size(meta),
                                         &generation->meta, error);
}

static gboolean is_whole(const Generation *generation, GError **error)
{
    g_autofree char *digest = policy_document_digest(g_bytes_get_data(generation->document, NULL),
                                                     g_bytes_get_size(generation->document));

    if (g_strcmp0(digest, generation->meta.digest) == 0)
        return TRUE;
    g_set_error_literal(error, GENERATION_ERROR, GENERATION_ERROR_DAMAGED,
                        "policy: not the document that was imported, its digest differs");
    return FALSE;
}

Generation *generation_load(const char *directory, guint64 number, GError **error)
{
    g_autoptr(Generation) generation = g_new0(Generation, 1);

    generation->number = number;
    if (!read_recorded(generation, directory, error))
        return NULL;
    generation->document = read_part(directory, "policy", POLICY_DOCUMENT_MAX_BYTES, error);
    if (!generation->document)
        return NULL;
    generation->signature = read_part(directory, "policy.minisig", SIGNATURE_MAX_BYTES, error);
    if (!generation->signature || !is_whole(generation, error))
        return NULL;
    return g_steal_pointer(&generation);
}
