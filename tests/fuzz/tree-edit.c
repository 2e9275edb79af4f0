/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any text as the file of one of the edits of the bindings that come along; the first byte says of
 * which. The edit is made or refused; made, it holds, needs not be made again, leaves comments
 * alone, and can be taken back to the byte. */
#include "agent/tree-edit.h"

#include <string.h>

#include "agent/binding-files.h"
#include "agent/text-merge.h"
#include "tests/fuzz/fuzz.h"

static GPtrArray *bindings;
static GPtrArray *edits; /* element type BindingEdit, not owned */
static GVariant *values[CATALOG_N_SETTINGS];

/* Sanitizers look here: lenses that could not be compiled, and what libfa caches, stay in memory
 * until the program ends. */
const char *known_leaks(void) __asm__("__lsan_default_suppressions");
const char *known_leaks(void)
{
    return "leak:libaugeas\nleak:libfa\n";
}

static void fill_values(void)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        const char type = *catalog_settings[i].type;
        GVariant *value = type == 'b'   ? g_variant_new_boolean(FALSE)
                          : type == 'u' ? g_variant_new_uint32(7)
                                        : g_variant_new_string("word");
        values[i] = g_variant_ref_sink(value);
    }
}

/* The same lens and the same kind of edit once only. */
static gboolean is_new(const BindingEdit *edit)
{
    for (guint i = 0; i < edits->len; i++) {
        const BindingEdit *other = g_ptr_array_index(edits, i);
        if (g_str_equal(other->lens, edit->lens) && g_strcmp0(other->each, edit->each) == 0 &&
            g_strcmp0(other->path, edit->path) == 0)
            return FALSE;
    }
    return TRUE;
}

static void load_edits(void)
{
    static const char *const directories[] = {SOURCE_ROOT "/agent/bindings", NULL};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();

    bindings = binding_files_load(directories, diagnostics);
    edits = g_ptr_array_new();
    for (guint i = 0; i < bindings->len; i++) {
        const Binding *binding = g_ptr_array_index(bindings, i);
        for (guint j = 0; j < binding->edits->len; j++) {
            BindingEdit *edit = g_ptr_array_index(binding->edits, j);
            if (edit->kind == EDIT_TREE && is_new(edit))
                g_ptr_array_add(edits, edit);
        }
    }
    g_assert_cmpuint(edits->len, >, 0);
    fill_values();
}

static gboolean is_comment(const char *line)
{
    line += strspn(line, " \t");
    return *line == '#';
}

/* Whole lines that are comments, in their order. */
static void check_comments(const char *before, const char *after)
{
    g_auto(GStrv) old = g_strsplit(before, "\n", -1);
    g_auto(GStrv) new = g_strsplit(after, "\n", -1);
    char **at = new;

    for (char **line = old; *line; line++) {
        if (!is_comment(*line))
            continue;
        while (*at && !g_str_equal(*at, *line))
            at++;
        g_assert_nonnull(*at);
        at++;
    }
}

static void check_made(const BindingEdit *edit, const char *text, const char *made)
{
    gboolean holds = FALSE;
    guint left = 7;
    g_autofree char *found = NULL;
    g_assert_true(tree_edit_holds(edit, made, values, &holds, &found, NULL));
    g_assert_true(holds);
    g_autofree char *again = tree_edit_apply(edit, made, values, NULL);
    g_assert_cmpstr(again, ==, made);
    g_autofree char *back = text_merge_undo(text, made, made, TEXT_MERGE_LEAVE, &left);
    g_assert_cmpstr(back, ==, text);
    g_assert_cmpuint(left, ==, 0);
    check_comments(text, made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!edits)
        load_edits();
    if (size < 1)
        return 0;
    const BindingEdit *edit = g_ptr_array_index(edits, data[0] % edits->len);
    g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *made = tree_edit_apply(edit, text, values, &error);

    g_assert_true((made == NULL) == (error != NULL));
    if (made)
        check_made(edit, text, made);
    return 0;
}
