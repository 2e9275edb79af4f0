/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/document.h"

#include "ctl/document-kind.h"

#include "daemon/policy/policy-document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FILE, fclose)

const char *document_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

static void set_read_error(GError **error, const char *verb, const char *path, int number)
{
    const char *advice = number == EISDIR   ? "; name a file in it"
                         : number == EACCES ? "; only its owner and root may"
                                            : "";
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "cannot %s %s: %s%s", verb,
                document_name(path), g_strerror(number), advice);
}

static GBytes *read_stream(FILE *stream, const char *path, GError **error)
{
    gsize limit = POLICY_DOCUMENT_MAX_BYTES + 1;
    g_autofree char *buffer = g_malloc(limit);
    errno = 0;
    gsize length = fread(buffer, 1, limit, stream);
    if (ferror(stream)) {
        set_read_error(error, "read", path, errno);
        return NULL;
    }
    const char *other = document_kind_find_other(buffer, length);
    if (other) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s %s", document_name(path), other);
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&buffer), length);
}

GBytes *document_read(const char *path, GError **error)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, path, error);
    }
    g_autoptr(FILE) stream = fopen(path, "re");
    if (!stream) {
        set_read_error(error, "open", path, errno);
        return NULL;
    }
    return read_stream(stream, path, error);
}

void document_print_diagnostics(const char *path, const Diagnostics *diagnostics)
{
    for (guint i = 0; i < diagnostics->list->len; i++) {
        const Diagnostic *diagnostic = g_ptr_array_index(diagnostics->list, i);
        g_autofree char *raw = diagnostic_to_string(diagnostic, document_name(path));
        g_autofree char *line = terminal_escape(raw);
        printf("%s%s\n", line, diagnostic->severity == DIAGNOSTIC_WARNING ? " (warning)" : "");
    }
    guint total = diagnostics->n_errors + diagnostics->n_warnings;
    if (total > diagnostics->list->len) {
        g_autofree char *name = terminal_escape(document_name(path));
        printf("%s: %u more of the kind\n", name, total - diagnostics->list->len);
    }
}

JsonNode *document_diagnostics_to_json(const Diagnostics *diagnostics)
{
    g_autoptr(JsonArray) array = json_array_new();
    for (guint i = 0; i < diagnostics->list->len; i++) {
        const Diagnostic *diagnostic = g_ptr_array_index(diagnostics->list, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "Line", diagnostic->line);
        json_object_set_string_member(object, "Severity",
                                      diagnostic_severity_to_string(diagnostic->severity));
        json_object_set_string_member(object, "Key", diagnostic->key);
        json_object_set_string_member(object, "Message", diagnostic->message);
        json_array_add_object_element(array, object);
    }
    return json_node_init_array(json_node_alloc(), array);
}
