/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/binding-files.h"

#include <string.h>

#include "agent/binding-parse.h"
#include "daemon/files/file-io.h"
#include "daemon/policy/ini-scanner.h"

#define SUFFIX ".binding"

/* file_read() wants regular files, and the way to switch one off is a link to a device. */
static gboolean is_switched_off(const char *path)
{
    g_autofree char *target = g_file_read_link(path, NULL);
    return target && g_str_equal(target, "/dev/null");
}

static char *name_of(const char *path)
{
    char *name = g_path_get_basename(path);
    if (g_str_has_suffix(name, SUFFIX))
        name[strlen(name) - strlen(SUFFIX)] = '\0';
    return name;
}

Binding *binding_file_read(const char *path, Diagnostics *diagnostics)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;

    if (is_switched_off(path))
        return NULL;
    if (!file_read(path, INI_MAX_BYTES, &text, &length, &error)) {
        diagnostics_add(diagnostics, NULL, 0, DIAGNOSTIC_ERROR, NULL, "%s", error->message);
        return NULL;
    }
    if (!length)
        return NULL;
    g_autofree char *name = name_of(path);
    return binding_parse(name, text, length, path, diagnostics);
}

static void collect(GHashTable *paths, const char *directory, Diagnostics *diagnostics)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, SUFFIX) || *name == '.')
            continue;
        if (g_hash_table_size(paths) >= BINDING_FILES_MAX && !g_hash_table_contains(paths, name)) {
            diagnostics_add(diagnostics, directory, 0, DIAGNOSTIC_ERROR, NULL,
                            "more than %d bindings; %s is not read", BINDING_FILES_MAX, name);
            continue;
        }
        g_hash_table_replace(paths, g_strdup(name), g_build_filename(directory, name, NULL));
    }
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

GPtrArray *binding_files_load(const char *const directories[], Diagnostics *diagnostics)
{
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) bindings = g_ptr_array_new_with_free_func((GDestroyNotify)binding_free);

    for (gsize i = 0; directories[i]; i++)
        collect(paths, directories[i], diagnostics);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(paths), compare_names);
    for (const GList *at = names; at; at = at->next) {
        Binding *binding = binding_file_read(g_hash_table_lookup(paths, at->data), diagnostics);
        if (binding)
            g_ptr_array_add(bindings, binding);
    }
    return g_steal_pointer(&bindings);
}
