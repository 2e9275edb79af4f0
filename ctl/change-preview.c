/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/change-preview.h"

#include "ctl/cut-path.h"
#include "ctl/document.h"

#include <string.h>

void change_preview_free(ChangePreview *preview)
{
    if (!preview) {
        return;
    }
    diagnostics_free(preview->diagnostics);
    json_array_unref(preview->changes);
    json_array_unref(preview->items);
    json_array_unref(preview->warnings);
    g_free(preview);
}

gboolean change_preview_is_valid(const ChangePreview *preview)
{
    return preview->diagnostics->n_errors == 0;
}

/* What secpold says about the document, which on another machine may be another version's word. */
static Diagnostics *validate(ManagerClient *client, GBytes *document, GError **error)
{
    g_autoptr(JsonArray) found = manager_client_validate(client, document, error);
    if (!found) {
        return NULL;
    }
    Diagnostics *diagnostics = diagnostics_new();
    for (guint i = 0; i < json_array_get_length(found); i++) {
        JsonObject *row = json_object_at(found, i);
        if (row) {
            gboolean warning = strcmp(json_get_string(row, "Severity"), "warning") == 0;
            diagnostics_add(diagnostics, NULL, (guint)json_get_integer(row, "Line"),
                            warning ? DIAGNOSTIC_WARNING : DIAGNOSTIC_ERROR,
                            json_get_string(row, "Key"), "%s", json_get_string(row, "Message"));
        }
    }
    return diagnostics;
}

static void add_warnings(ChangePreview *preview, const char *host)
{
    if (host) {
        cut_path_add_remote_warnings(host, preview->changes, preview->items, preview->warnings);
        return;
    }
    g_autoptr(Paths) paths = paths_survey();
    cut_path_add_warnings(paths, preview->changes, preview->items, preview->warnings);
}

ChangePreview *change_preview_make(ManagerClient *client, const char *host, GBytes *document,
                                   GError **error)
{
    g_autoptr(Diagnostics) diagnostics = validate(client, document, error);
    if (!diagnostics) {
        return NULL;
    }
    gboolean valid = diagnostics->n_errors == 0;
    g_autoptr(JsonArray) changes =
        valid ? manager_client_diff(client, document, error) : json_array_new();
    g_autoptr(JsonArray) items = NULL;
    if (changes) {
        items = valid ? manager_client_items(client, error) : json_array_new();
    }
    if (!items) {
        return NULL;
    }
    ChangePreview *preview = g_new0(ChangePreview, 1);
    preview->diagnostics = g_steal_pointer(&diagnostics);
    preview->changes = g_steal_pointer(&changes);
    preview->items = g_steal_pointer(&items);
    preview->warnings = json_array_new();
    add_warnings(preview, host);
    return preview;
}

JsonObject *change_preview_to_json(const ChangePreview *preview)
{
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "Changes", json_array_ref(preview->changes));
    json_object_set_array_member(object, "Warnings", json_array_ref(preview->warnings));
    json_object_set_member(object, "Diagnostics",
                           document_diagnostics_to_json(preview->diagnostics));
    return object;
}
