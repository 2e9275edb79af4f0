/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/diagnostic.h"

#include <string.h>

#include "daemon/policy/text.h"

#define KEY_MAX_BYTES     128
#define MESSAGE_MAX_BYTES 512

void diagnostic_free(Diagnostic *diagnostic)
{
    if (diagnostic == NULL)
        return;
    g_free(diagnostic->file);
    g_free(diagnostic->key);
    g_free(diagnostic->message);
    g_free(diagnostic);
}

static void free_element(gpointer data)
{
    diagnostic_free(data);
}

Diagnostics *diagnostics_new(void)
{
    Diagnostics *diagnostics = g_new0(Diagnostics, 1);
    diagnostics->list = g_ptr_array_new_with_free_func(free_element);
    return diagnostics;
}

void diagnostics_free(Diagnostics *diagnostics)
{
    if (diagnostics == NULL)
        return;
    g_ptr_array_unref(diagnostics->list);
    g_free(diagnostics);
}

gboolean diagnostics_is_full(const Diagnostics *diagnostics)
{
    return diagnostics->list->len >= DIAGNOSTICS_MAX;
}

void diagnostics_add(Diagnostics *diagnostics, const char *file, guint line,
                     DiagnosticSeverity severity, const char *key, const char *format, ...)
{
    if (severity == DIAGNOSTIC_ERROR)
        diagnostics->n_errors++;
    else
        diagnostics->n_warnings++;
    if (diagnostics_is_full(diagnostics))
        return;

    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    Diagnostic *diagnostic = g_new0(Diagnostic, 1);
    diagnostic->file = g_strdup(file);
    diagnostic->line = line;
    diagnostic->severity = severity;
    diagnostic->key = text_sanitize(key != NULL ? key : "", KEY_MAX_BYTES);
    diagnostic->message = text_sanitize(message, MESSAGE_MAX_BYTES);
    g_ptr_array_add(diagnostics->list, diagnostic);
}

static int compare_lines(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
    const Diagnostic *first = *(const Diagnostic *const *)a;
    const Diagnostic *second = *(const Diagnostic *const *)b;
    return first->line < second->line ? -1 : first->line > second->line;
}

void diagnostics_sort(Diagnostics *diagnostics, guint first)
{
    GPtrArray *list = diagnostics->list;
    if (first >= list->len)
        return;
    /* GLib promises that this sort is stable. */
    g_qsort_with_data(list->pdata + first, (int)(list->len - first), sizeof(gpointer),
                      compare_lines, NULL);
}

const char *diagnostic_severity_to_string(DiagnosticSeverity severity)
{
    return severity == DIAGNOSTIC_ERROR ? "error" : "warning";
}

char *diagnostic_to_string(const Diagnostic *diagnostic, const char *file)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const char *name = diagnostic->file != NULL ? diagnostic->file : file;
    if (name != NULL)
        g_string_append_printf(line, "%s:", name);
    if (diagnostic->line > 0)
        g_string_append_printf(line, "%u:", diagnostic->line);
    if (line->len > 0)
        g_string_append_c(line, ' ');
    if (*diagnostic->key != '\0')
        g_string_append_printf(line, "%s: ", diagnostic->key);
    g_string_append(line, diagnostic->message);
    return g_string_free(g_steal_pointer(&line), FALSE);
}

char *diagnostics_to_message(const Diagnostics *diagnostics, const char *file)
{
    g_autoptr(GString) message = g_string_new(NULL);

    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), file);
        g_string_append_printf(message, "%s%s", i > 0 ? "\n" : "", line);
    }
    return g_string_free(g_steal_pointer(&message), FALSE);
}

char *message_to_sentence(const char *message)
{
    guint n_more = 0;

    for (const char *c = message; *c; c++)
        n_more += *c == '\n';
    const int first = (int)strcspn(message, "\n");
    return n_more > 0 ? g_strdup_printf("%.*s (and %u more)", first, message, n_more)
                      : g_strdup(message);
}
