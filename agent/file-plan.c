/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/file-plan.h"

#include "agent/text-merge.h"
#include "agent/tree-edit.h"

void file_plan_clear(FilePlan *plan)
{
    g_free(plan->original);
    g_free(plan->text);
    g_strfreev(plan->edits);
}

static char *expand(const BindingEdit *edit, const char *text, GVariant *const values[])
{
    return text ? template_expand(text, values, (TemplateLimits){edit->least, edit->most}) : NULL;
}

/* Everything that decides what the edit does, so that one that has changed is a new one. */
static char *fingerprint(const WantedEdit *wanted, GVariant *const values[])
{
    const BindingEdit *edit = wanted->edit;
    GString *text = g_string_new(NULL);
    g_autofree char *value = expand(edit, edit->value, values);
    g_autofree char *keep = expand(edit, edit->keep, values);
    g_autofree char *content = expand(edit, edit->content, values);
    const char *const parts[] = {
        wanted->binding->name, edit->name,  edit->lens, edit->each, edit->path, edit->create,
        edit->before,          edit->after, value,      keep,       content};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        g_string_append_printf(text, "%s" FILE_PLAN_SEPARATOR, parts[i] ? parts[i] : "");
    for (guint i = 0; i < edit->children->len; i++) {
        const BindingChild *child = g_ptr_array_index(edit->children, i);
        g_autofree char *set = expand(edit, child->value, values);
        g_string_append_printf(text, "%s" FILE_PLAN_SEPARATOR "%s" FILE_PLAN_SEPARATOR, child->path,
                               set);
    }
    return g_string_free(text, FALSE);
}

/* @text with the edits made, as far as they can be. */
static char *apply(const char *text, const GPtrArray *wanted, GVariant *const values[])
{
    char *result = g_strdup(text ? text : "");
    for (guint i = 0; i < wanted->len; i++) {
        WantedEdit *one = g_ptr_array_index(wanted, i);
        g_autoptr(GError) error = NULL;
        char *next = one->edit->kind == EDIT_CONTENT
                         ? expand(one->edit, one->edit->content, values)
                         : tree_edit_apply(one->edit, result, values, &error);
        g_free(one->failure);
        one->failure = error ? g_strdup(error->message) : NULL;
        if (!next)
            continue;
        g_free(result);
        result = next;
    }
    return result;
}

/* Those that were made before and are still wanted. Element type WantedEdit, not owned. */
static GPtrArray *find_kept(const FileRecord *record, const GPtrArray *wanted,
                            GVariant *const values[])
{
    GPtrArray *kept = g_ptr_array_new();
    for (guint i = 0; i < wanted->len; i++) {
        WantedEdit *one = g_ptr_array_index(wanted, i);
        g_autofree char *print = fingerprint(one, values);
        if (g_strv_contains((const char *const *)record->edits, print))
            g_ptr_array_add(kept, one);
    }
    return kept;
}

/* Where the agent was stopped half-way. */
static gboolean is_interrupted(const FileRecord *record, const char *present)
{
    return *record->untold && g_strcmp0(present, record->before) == 0;
}

/* The edits without what Keep= lets stand. Element type WantedEdit. */
static GPtrArray *without_keep(const GPtrArray *edits)
{
    GPtrArray *plain = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < edits->len; i++) {
        const WantedEdit *one = g_ptr_array_index(edits, i);
        WantedEdit *copy = g_malloc0(sizeof *copy + sizeof *copy->edit);
        BindingEdit *edit = (BindingEdit *)(copy + 1);
        *edit = *one->edit;
        edit->keep = NULL;
        copy->binding = one->binding;
        copy->edit = edit;
        g_ptr_array_add(plain, copy);
    }
    return plain;
}

/* Finds out which of the edits somebody has undone. @repaired: all of them made again. */
static gboolean find_undone(const char *present, const char *repaired, const GPtrArray *kept,
                            GVariant *const values[])
{
    if (g_strcmp0(present, repaired) == 0)
        return FALSE;
    for (guint i = 0; i < kept->len; i++) {
        g_autoptr(GPtrArray) alone = g_ptr_array_new();
        WantedEdit *one = g_ptr_array_index(kept, i);
        g_ptr_array_add(alone, one);
        g_autofree char *text = apply(present, alone, values);
        one->undone = g_strcmp0(text, present) != 0;
    }
    return TRUE;
}

/* Whether values stand there that are stricter than what is demanded: somebody has seen to that
 * while the setting was locked. */
static gboolean has_stricter(const char *repaired, const GPtrArray *kept, GVariant *const values[])
{
    g_autoptr(GPtrArray) plain = without_keep(kept);
    g_autofree char *exact = apply(repaired, plain, values);
    for (guint i = 0; i < plain->len; i++)
        g_free(((WantedEdit *)g_ptr_array_index(plain, i))->failure);
    return g_strcmp0(exact, repaired) != 0;
}

/* The file without what the agent did to it. @present is no text of the record's. */
static void look_behind(FilePlan *plan, const FileRecord *record, const char *present,
                        const GPtrArray *kept, GVariant *const values[])
{
    const gboolean all_kept = kept->len == g_strv_length(record->edits);
    g_autofree char *repaired = kept->len ? apply(present, kept, values) : g_strdup(present);
    const gboolean stricter = all_kept && kept->len && has_stricter(repaired, kept, values);

    plan->drift = find_undone(present, repaired, kept, values);
    const gboolean undo = all_kept && plan->drift && !stricter;
    plan->original = text_merge_undo(
        record->original ? record->original : "", record->written ? record->written : "",
        stricter ? repaired : present, undo ? TEXT_MERGE_UNDO : TEXT_MERGE_LEAVE, &plan->left);
    if (all_kept) {
        plan->left = 0;
        plan->text = g_steal_pointer(&repaired);
    }
    if (!record->original && !*plan->original)
        g_clear_pointer(&plan->original, g_free);
}

static void look_back(FilePlan *plan, const FileRecord *record, const char *present,
                      const GPtrArray *kept, GVariant *const values[])
{
    if (g_strcmp0(present, record->written) == 0 || is_interrupted(record, present)) {
        plan->original = g_strdup(record->original);
    } else if (present && g_strcmp0(present, record->original) != 0) {
        look_behind(plan, record, present, kept, values);
    } else {
        /* Somebody has put a copy back, or taken the file away. */
        g_autofree char *repaired = kept->len ? apply(present, kept, values) : g_strdup(present);
        plan->drift = find_undone(present, repaired, kept, values);
        plan->original = g_strdup(present);
    }
}

static GStrv list_made(const GPtrArray *wanted, GVariant *const values[])
{
    g_autoptr(GStrvBuilder) made = g_strv_builder_new();
    for (guint i = 0; i < wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(wanted, i);
        g_autofree char *print = fingerprint(one, values);
        if (!one->failure)
            g_strv_builder_add(made, print);
    }
    return g_strv_builder_end(made);
}

void file_plan_make(FilePlan *plan, const FileRecord *record, const char *present,
                    GPtrArray *wanted, GVariant *const values[])
{
    *plan = (FilePlan){0};
    if (record) {
        g_autoptr(GPtrArray) kept = find_kept(record, wanted, values);
        look_back(plan, record, present, kept, values);
        plan->news = kept->len != wanted->len || kept->len != g_strv_length(record->edits);
    } else {
        plan->original = g_strdup(present);
        plan->news = wanted->len != 0;
    }
    if (wanted->len) {
        /* Where nothing is to be undone, whatever others have changed beside it stays. */
        g_autofree char *from = plan->text ? plan->text : g_strdup(plan->original);
        plan->text = apply(from, wanted, values);
    } else {
        plan->text = g_strdup(plan->original);
    }
    plan->edits = list_made(wanted, values);
    /* Nothing could be made, or there was nothing to do. */
    if (!plan->original && plan->text && !*plan->text && !*plan->edits)
        g_clear_pointer(&plan->text, g_free);
}
