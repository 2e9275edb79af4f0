/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding files: what is accepted holds what the agent relies on. */
#include "agent/binding-parse.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static GVariant *values[CATALOG_N_SETTINGS];

static void fill_values(void)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS && !values[i]; i++) {
        const char type = *catalog_settings[i].type;
        GVariant *value = type == 'b'   ? g_variant_new_boolean(FALSE)
                          : type == 'u' ? g_variant_new_uint32(7)
                                        : g_variant_new_string("word");
        values[i] = g_variant_ref_sink(value);
    }
}

static void check_template(const char *text, const BindingEdit *edit)
{
    if (!text)
        return;
    const TemplateLimits limits = {edit->least, edit->most};
    g_autofree char *expanded = template_expand(text, values, limits);
    g_assert_nonnull(expanded);
    word_list_contains(expanded, "7");
}

static void check_edit(const BindingEdit *edit)
{
    g_assert_cmpuint(edit->when->len, >, 0);
    g_assert_cmpint(edit->lens != NULL || edit->content != NULL, ==, edit->file != NULL);
    g_assert_cmpint(edit->apply != NULL, ==, edit->undo != NULL);
    g_assert_cmpint(edit->kind == EDIT_MASK || edit->kind == EDIT_STOP, ==, edit->units != NULL);
    g_assert_true(!edit->file || g_path_is_absolute(edit->file));
    check_template(edit->value, edit);
    check_template(edit->content, edit);
    check_template(edit->keep, edit);
    for (guint i = 0; i < edit->children->len; i++)
        check_template(((BindingChild *)g_ptr_array_index(edit->children, i))->value, edit);
}

static void check_check(const Binding *binding, const BindingCheck *check)
{
    g_assert_cmpuint(check->settings->len, >, 0);
    g_assert_cmpuint(check->scale, >, 0);
    g_assert_true(check->kind != CHECK_EDIT || check->edit < binding->edits->len);
    g_assert_cmpint(check->kind == CHECK_COMMAND, ==, check->command != NULL);
    for (guint i = 0; i < check->meanings->len; i++)
        g_assert_nonnull(((BindingMeaning *)g_ptr_array_index(check->meanings, i))->words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Binding) binding =
        binding_parse("fuzz", (const char *)data, size, "fuzz.binding", diagnostics);

    fill_values();
    g_assert_cmpint(binding == NULL, ==, diagnostics->n_errors > 0);
    for (guint i = 0; binding && i < binding->edits->len; i++)
        check_edit(g_ptr_array_index(binding->edits, i));
    for (guint i = 0; binding && i < binding->checks->len; i++)
        check_check(binding, g_ptr_array_index(binding->checks, i));
    return 0;
}
