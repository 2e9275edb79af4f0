/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/sandbox.h"

#include <stdlib.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/binding-files.h"
#include "agent/service-record.h"

/* The nearest directory that is there: systemd ignores what is not when the unit starts. */
static char *existing_directory(const char *path)
{
    char *directory = g_path_get_dirname(path);
    while (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        char *above = g_path_get_dirname(directory);
        g_free(directory);
        directory = above;
    }
    return directory;
}

/* Where it is a link, also what it leads to. */
static void add_file(GHashTable *writable, const char *file)
{
    char *real = realpath(file, NULL);
    g_hash_table_add(writable, existing_directory(file));
    if (real && !g_str_equal(real, file))
        g_hash_table_add(writable, existing_directory(real));
    free(real);
}

static void add_binding(GHashTable *writable, const Binding *binding)
{
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        if (edit->file)
            add_file(writable, edit->file);
    }
    for (char **path = binding->writes; path && *path; path++)
        g_hash_table_add(writable, g_strdup(*path));
}

static void add_service(const Service *service, gpointer data)
{
    GHashTable *writable = data;
    for (char **file = service->files; *file; file++)
        add_file(writable, *file);
    for (char **path = service->writes; *path; path++)
        g_hash_table_add(writable, g_strdup(*path));
}

/* What is in force has to be taken back also where its binding is gone or has an error by now. */
static void add_services(GHashTable *writable, const char *state)
{
    g_autofree char *file = g_build_filename(state, AGENT_SERVICES_FILE, NULL);
    g_autoptr(ServiceRecord) record = service_record_load(file, NULL);
    if (record)
        service_record_each(record, add_service, writable);
}

char *sandbox_drop_in(const char *const directories[], const char *state)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(GPtrArray) bindings = binding_files_load(directories, diagnostics);
    g_autoptr(GHashTable) writable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GString *text = g_string_new("[Service]\n");

    for (guint i = 0; i < bindings->len; i++)
        add_binding(writable, g_ptr_array_index(bindings, i));
    add_services(writable, state);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(writable), (GCompareFunc)strcmp);
    for (const GList *at = paths; at; at = at->next) {
        g_autofree char *quoted = g_strescape(at->data, NULL);
        g_string_append_printf(text, "ReadWritePaths=\"-%s\"\n", quoted);
    }
    return g_string_free(text, FALSE);
}
