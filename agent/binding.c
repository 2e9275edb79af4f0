/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/binding.h"

gint binding_find_edit(const Binding *binding, const char *name)
{
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        if (g_str_equal(edit->name, name))
            return (gint)i;
    }
    return -1;
}

gboolean binding_edit_waits_for(const BindingEdit *edit, guint setting)
{
    for (guint i = 0; i < edit->when->len; i++)
        if (g_array_index(edit->when, BindingDemand, i).setting == setting)
            return TRUE;
    return FALSE;
}

gboolean binding_edits_setting(const Binding *binding, guint setting)
{
    for (guint i = 0; i < binding->edits->len; i++)
        if (binding_edit_waits_for(g_ptr_array_index(binding->edits, i), setting))
            return TRUE;
    return FALSE;
}

gboolean binding_check_tells(const BindingCheck *check, guint setting)
{
    for (guint i = 0; i < check->settings->len; i++)
        if (g_array_index(check->settings, guint, i) == setting)
            return TRUE;
    return FALSE;
}

gboolean binding_checks_setting(const Binding *binding, guint setting)
{
    for (guint i = 0; i < binding->checks->len; i++)
        if (binding_check_tells(g_ptr_array_index(binding->checks, i), setting))
            return TRUE;
    return FALSE;
}

gboolean binding_edit_is_wanted(const BindingEdit *edit, GVariant *const values[])
{
    for (guint i = 0; i < edit->when->len; i++) {
        const BindingDemand *demand = &g_array_index(edit->when, BindingDemand, i);
        GVariant *value = values[demand->setting];
        if (!value || (demand->value && !g_variant_equal(demand->value, value)))
            return FALSE;
    }
    return TRUE;
}

static void child_free(gpointer data)
{
    BindingChild *child = data;
    g_free(child->path);
    g_free(child->value);
    g_free(child);
}

static void demand_clear(gpointer data)
{
    BindingDemand *demand = data;
    g_clear_pointer(&demand->value, g_variant_unref);
}

BindingEdit *binding_edit_new(const char *name, guint line)
{
    BindingEdit *edit = g_new0(BindingEdit, 1);
    edit->name = g_strdup(name);
    edit->line = line;
    edit->when = g_array_new(FALSE, FALSE, sizeof(BindingDemand));
    g_array_set_clear_func(edit->when, demand_clear);
    edit->children = g_ptr_array_new_with_free_func(child_free);
    edit->most = G_MAXUINT32;
    return edit;
}

void binding_edit_free(BindingEdit *edit)
{
    if (!edit)
        return;
    g_free(edit->name);
    g_array_unref(edit->when);
    g_strfreev(edit->conditions);
    g_free(edit->file);
    g_free(edit->lens);
    g_free(edit->each);
    g_free(edit->path);
    g_free(edit->create);
    g_free(edit->before);
    g_free(edit->after);
    g_free(edit->value);
    g_ptr_array_unref(edit->children);
    g_free(edit->keep);
    g_free(edit->content);
    g_strfreev(edit->units);
    g_strfreev(edit->apply);
    g_strfreev(edit->undo);
    g_strfreev(edit->was);
    g_free(edit);
}

static void meaning_free(gpointer data)
{
    BindingMeaning *meaning = data;
    g_variant_unref(meaning->value);
    g_free(meaning->words);
    g_free(meaning);
}

BindingCheck *binding_check_new(const char *name, guint line)
{
    BindingCheck *check = g_new0(BindingCheck, 1);
    check->name = g_strdup(name);
    check->line = line;
    check->settings = g_array_new(FALSE, FALSE, sizeof(guint));
    check->meanings = g_ptr_array_new_with_free_func(meaning_free);
    check->scale = 1;
    return check;
}

void binding_check_free(BindingCheck *check)
{
    if (!check)
        return;
    g_free(check->name);
    g_array_unref(check->settings);
    g_strfreev(check->conditions);
    g_strfreev(check->command);
    g_free(check->input);
    g_strfreev(check->property);
    g_strfreev(check->units);
    g_strfreev(check->loaded);
    g_clear_pointer(&check->match, g_regex_unref);
    g_ptr_array_unref(check->meanings);
    g_free(check->accept);
    g_free(check);
}

Binding *binding_new(const char *name)
{
    Binding *binding = g_new0(Binding, 1);
    binding->name = g_strdup(name);
    binding->edits = g_ptr_array_new_with_free_func((GDestroyNotify)binding_edit_free);
    binding->checks = g_ptr_array_new_with_free_func((GDestroyNotify)binding_check_free);
    return binding;
}

void binding_free(Binding *binding)
{
    if (!binding)
        return;
    g_free(binding->name);
    g_free(binding->service);
    g_strfreev(binding->conditions);
    g_strfreev(binding->reload);
    g_strfreev(binding->restart);
    g_strfreev(binding->run);
    g_strfreev(binding->watch);
    g_strfreev(binding->writes);
    g_ptr_array_unref(binding->edits);
    g_ptr_array_unref(binding->checks);
    g_free(binding);
}
