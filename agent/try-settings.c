/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/try-settings.h"

#include <stdio.h>
#include <string.h>

#include "agent/binding-files.h"
#include "agent/check-run.h"
#include "agent/file-plan.h"
#include "agent/setting-values.h"
#include "agent/target-file.h"
#include "agent/target-path.h"
#include "agent/text-diff.h"

static GVariant *parse_value(const CatalogSetting *setting, const char *text)
{
    guint64 number;
    if (g_str_equal(setting->type, "s"))
        return g_variant_new_string(text);
    if (g_str_equal(setting->type, "u") && number_from_text(text, &number) && number <= G_MAXUINT32)
        return g_variant_new_uint32((guint32)number);
    if (g_str_equal(setting->type, "b") &&
        (g_str_equal(text, "true") || g_str_equal(text, "false")))
        return g_variant_new_boolean(*text == 't');
    return NULL;
}

static gboolean read_word(const char *word, SettingsInForce *settings, GError **error)
{
    const char *equals = strchr(word, '=');
    g_autofree char *name = equals ? g_strndup(word, (gsize)(equals - word)) : g_strdup(word);
    const CatalogSetting *setting = catalog_find_setting(name);
    GVariant *value = setting && equals ? parse_value(setting, equals + 1) : NULL;

    if (!value) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s is not SETTING=VALUE with a value of its type; 'secpolctl settings' lists "
                    "the settings",
                    word);
        return FALSE;
    }
    GVariant **place = &settings->values[catalog_setting_index(setting)];
    g_clear_pointer(place, g_variant_unref);
    *place = g_variant_ref_sink(value);
    return TRUE;
}

static void try_file(const Binding *binding, const BindingEdit *edit, GVariant *const values[])
{
    g_autoptr(GError) error = NULL;
    g_autofree char *present = NULL;
    g_autofree char *path = target_path_resolve(edit->file, &error);
    if (!path || !target_file_read(path, &present, &error)) {
        printf("  edit %s: %s\n", edit->name, error->message);
        return;
    }
    WantedEdit one = {.binding = binding, .edit = edit};
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    g_auto(FilePlan) plan = {0};
    g_ptr_array_add(wanted, &one);
    file_plan_make(&plan, NULL, present, wanted, values);
    if (one.failure) {
        printf("  %s\n", one.failure);
    } else if (g_strcmp0(plan.text, present) == 0) {
        printf("  edit %s: %s is so already\n", edit->name, path);
    } else {
        g_autofree char *change = text_diff_show(present ? present : "", plan.text);
        printf("  edit %s: would change %s\n%s", edit->name, path, change);
    }
    g_free(one.failure);
}

static const char *const verbs[] = {
    [EDIT_MASK] = "mask",
    [EDIT_STOP] = "stop",
    [EDIT_START] = "start",
    [EDIT_COMMAND] = "run",
};

static void try_edit(const Binding *binding, const BindingEdit *edit, GVariant *const values[],
                     UnitControl *control)
{
    if (!binding_edit_is_wanted(edit, values))
        return;
    if (!conditions_hold((const char *const *)edit->conditions, control)) {
        printf("  edit %s: its condition does not hold\n", edit->name);
    } else if (edit->file) {
        try_file(binding, edit, values);
    } else {
        g_autofree char *words = g_strjoinv(" ", edit->units ? edit->units : edit->apply);
        printf("  edit %s: would %s %s\n", edit->name, verbs[edit->kind], words);
    }
}

static void try_check(const Binding *binding, const BindingCheck *check, GVariant *const values[],
                      UnitControl *control)
{
    if (!conditions_hold((const char *const *)check->conditions, control)) {
        printf("  check %s: its condition does not hold\n", check->name);
        return;
    }
    g_auto(CheckFinding) finding = {0};
    gboolean asked = FALSE;
    for (guint i = 0; i < check->settings->len; i++) {
        const guint setting = g_array_index(check->settings, guint, i);
        if (!values[setting])
            continue;
        if (!asked)
            finding = check_run(binding, check, values, control);
        asked = TRUE;
        const VerdictQuestion question = {binding, check, setting, values};
        g_auto(Verdict) verdict = check_finding_judge(&finding, &question);
        g_autofree char *value = g_variant_print(verdict.value, FALSE);
        printf("  check %s: %s is %s%s%s\n", check->name, catalog_settings[setting].name, value,
               *verdict.reason ? ": " : "", verdict.reason);
    }
}

static void print_settings(const Binding *binding)
{
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        if (binding_checks_setting(binding, i))
            printf(" %s", catalog_settings[i].name);
    putchar('\n');
}

static void try_binding(const Binding *binding, GVariant *const values[], UnitControl *control)
{
    printf("%s (%s):", binding->name, binding->service);
    print_settings(binding);
    if (!conditions_hold((const char *const *)binding->conditions, control)) {
        puts("  not here: its condition does not hold");
        return;
    }
    for (guint i = 0; i < binding->edits->len; i++)
        try_edit(binding, g_ptr_array_index(binding->edits, i), values, control);
    for (guint i = 0; i < binding->checks->len; i++)
        try_check(binding, g_ptr_array_index(binding->checks, i), values, control);
}

static void print_diagnostics(const Diagnostics *diagnostics)
{
    for (guint i = 0; i < diagnostics->list->len; i++) {
        g_autofree char *line = diagnostic_to_string(g_ptr_array_index(diagnostics->list, i), NULL);
        puts(line);
    }
}

gboolean try_settings(const char *const *words, const char *const directories[], GError **error)
{
    g_auto(SettingsInForce) settings = {0};
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();

    for (gsize i = 0; words && words[i]; i++)
        if (!read_word(words[i], &settings, error))
            return FALSE;
    /* Without a bus there are no units, and what is asked of them fails. */
    g_autoptr(UnitControl) control = unit_control_new(NULL);
    g_autoptr(GPtrArray) bindings = binding_files_load(directories, diagnostics);
    print_diagnostics(diagnostics);
    for (guint i = 0; i < bindings->len; i++)
        try_binding(g_ptr_array_index(bindings, i), settings.values, control);
    return TRUE;
}
