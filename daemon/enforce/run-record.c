/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/run-record.h"

#include <string.h>

#include "daemon/files/file-io.h"

/* Every byte of every line may be written as three. */
#define FILE_MAX_BYTES (RUN_RECORD_MAX_LINES * (RUN_RECORD_MAX_LINE_BYTES * 3 + 1))

/* What people may want to read in the file; all else is written as %XX. */
#define PLAIN_CHARACTERS "!#$&'()*+,/:;=?@[] "

struct RunRecord {
    char *path;
    GTree *lines; /* key type char; keys are their own values */
    gboolean saved;
};

static gint compare_lines(gconstpointer a, gconstpointer b, gpointer data)
{
    return strcmp(a, b);
}

static GTree *make_lines(void)
{
    return g_tree_new_full(compare_lines, NULL, g_free, NULL);
}

static gboolean insert(GTree *lines, const char *line)
{
    if (g_tree_lookup(lines, line))
        return TRUE;
    if (g_tree_nnodes(lines) >= RUN_RECORD_MAX_LINES || strlen(line) > RUN_RECORD_MAX_LINE_BYTES)
        return FALSE;
    char *copy = g_strdup(line);
    g_tree_insert(lines, copy, copy);
    return TRUE;
}

/* Every line ends, none is empty, and none is anything but what saving writes. */
static gboolean parse(const char *text, GTree *lines)
{
    while (*text) {
        const char *end = strchr(text, '\n');
        if (!end || end == text)
            return FALSE;
        g_autofree char *line = g_uri_unescape_segment(text, end, NULL);
        if (!line || !insert(lines, line))
            return FALSE;
        text = end + 1;
    }
    return TRUE;
}

static void load(RunRecord *record)
{
    g_autoptr(GTree) lines = make_lines();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;

    if (!file_read(record->path, FILE_MAX_BYTES, &text, &length, &error)) {
        record->saved = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        return;
    }
    record->saved = strlen(text) == length && parse(text, lines);
    if (!record->saved)
        return;
    g_tree_unref(record->lines);
    record->lines = g_steal_pointer(&lines);
}

RunRecord *run_record_new(const char *directory, const char *name)
{
    RunRecord *record = g_new0(RunRecord, 1);

    record->path = g_build_filename(directory, name, NULL);
    record->lines = make_lines();
    load(record);
    return record;
}

void run_record_free(RunRecord *record)
{
    if (!record)
        return;
    g_free(record->path);
    g_tree_unref(record->lines);
    g_free(record);
}

gboolean run_record_add(RunRecord *record, const char *line)
{
    const gint before = g_tree_nnodes(record->lines);

    if (*line == '\0' || !insert(record->lines, line))
        return FALSE;
    if (g_tree_nnodes(record->lines) != before)
        record->saved = FALSE;
    return TRUE;
}

void run_record_remove(RunRecord *record, const char *line)
{
    if (g_tree_remove(record->lines, line))
        record->saved = FALSE;
}

gboolean run_record_contains(const RunRecord *record, const char *line)
{
    return g_tree_lookup(record->lines, line) != NULL;
}

static gboolean append_line(gpointer key, gpointer value, gpointer data)
{
    g_ptr_array_add(data, g_strdup(key));
    return FALSE;
}

GStrv run_record_lines(const RunRecord *record)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new();

    g_tree_foreach(record->lines, append_line, lines);
    g_ptr_array_add(lines, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&lines), FALSE);
}

static gboolean append_escaped(gpointer key, gpointer value, gpointer data)
{
    g_string_append_uri_escaped(data, key, PLAIN_CHARACTERS, FALSE);
    g_string_append_c(data, '\n');
    return FALSE;
}

gboolean run_record_is_saved(const RunRecord *record)
{
    return record->saved;
}

gboolean run_record_save(RunRecord *record, GError **error)
{
    if (record->saved)
        return TRUE;
    g_autoptr(GString) text = g_string_new(NULL);
    g_tree_foreach(record->lines, append_escaped, text);
    record->saved = g_file_set_contents_full(record->path, text->str, (gssize)text->len,
                                             G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
    return record->saved;
}
