/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/check-files.h"

#include <stdio.h>

#include "agent/binding-files.h"
#include "agent/tree-text.h"

static void check_lens(const Binding *binding, const BindingEdit *edit, Diagnostics *diagnostics)
{
    if (edit->lens && !tree_text_lens_exists(edit->lens))
        diagnostics_add(diagnostics, binding->name, edit->line, DIAGNOSTIC_ERROR, edit->name,
                        "Augeas has no lens %s", edit->lens);
}

/* Two edits that own one file whole would take turns. */
static void check_owner(GHashTable *owners, const Binding *binding, const BindingEdit *edit,
                        Diagnostics *diagnostics)
{
    if (edit->kind != EDIT_CONTENT)
        return;
    const Binding *other = g_hash_table_lookup(owners, edit->file);
    if (other)
        diagnostics_add(diagnostics, binding->name, edit->line, DIAGNOSTIC_ERROR, edit->name,
                        "%s is the content of another edit, in %s", edit->file, other->name);
    g_hash_table_insert(owners, edit->file, (gpointer)binding);
}

static void check_together(const GPtrArray *bindings, Diagnostics *diagnostics)
{
    g_autoptr(GHashTable) owners = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < bindings->len; i++) {
        const Binding *binding = g_ptr_array_index(bindings, i);
        for (guint j = 0; j < binding->edits->len; j++) {
            const BindingEdit *edit = g_ptr_array_index(binding->edits, j);
            check_lens(binding, edit, diagnostics);
            check_owner(owners, binding, edit, diagnostics);
        }
    }
}

static GPtrArray *read_files(const char *const *files, Diagnostics *diagnostics)
{
    GPtrArray *bindings = g_ptr_array_new_with_free_func((GDestroyNotify)binding_free);
    for (gsize i = 0; files[i]; i++) {
        Binding *binding = binding_file_read(files[i], diagnostics);
        if (binding)
            g_ptr_array_add(bindings, binding);
    }
    return bindings;
}

gboolean check_files(const char *const *files, const char *const directories[])
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(GPtrArray) bindings = files && *files ? read_files(files, diagnostics)
                                                    : binding_files_load(directories, diagnostics);

    check_together(bindings, diagnostics);
    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), NULL);
        puts(line);
    }
    return diagnostics->n_errors == 0;
}
