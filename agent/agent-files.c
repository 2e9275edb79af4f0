/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "agent/agent-private.h"
#include "agent/file-plan.h"
#include "agent/note.h"
#include "agent/target-file.h"

static void wanted_edit_free(gpointer data)
{
    WantedEdit *wanted = data;
    g_free(wanted->failure);
    g_free(wanted);
}

static GPtrArray *edits_of_file(GHashTable *wanted, const char *path)
{
    GPtrArray *edits = g_hash_table_lookup(wanted, path);
    if (!edits) {
        edits = g_ptr_array_new_with_free_func(wanted_edit_free);
        g_hash_table_insert(wanted, g_strdup(path), edits);
    }
    return edits;
}

static void collect_edit(Pass *pass, const Binding *binding, const BindingEdit *edit,
                         GHashTable *wanted)
{
    g_autoptr(GError) error = NULL;
    if (!edit->file || !pass_wants(pass, edit))
        return;
    g_autofree char *path = target_file_resolve(edit->file, &error);
    if (!path) {
        pass_add_problem(pass, binding, edit, error->message);
        return;
    }
    WantedEdit *one = g_new0(WantedEdit, 1);
    one->binding = binding;
    one->edit = edit;
    g_ptr_array_add(edits_of_file(wanted, path), one);
}

/* Path: the edits that are wanted there, none for a file that is only to be put back. */
static GHashTable *collect_files(Pass *pass)
{
    GHashTable *wanted =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        for (guint j = 0; j < binding->edits->len; j++)
            collect_edit(pass, binding, g_ptr_array_index(binding->edits, j), wanted);
    }
    GHashTableIter iterator;
    gpointer path;
    g_hash_table_iter_init(&iterator, pass->agent->files);
    while (g_hash_table_iter_next(&iterator, &path, NULL))
        edits_of_file(wanted, path);
    return wanted;
}

static void report_problem(Pass *pass, const GPtrArray *wanted, const char *path,
                           const char *message)
{
    for (guint i = 0; i < wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(wanted, i);
        pass_add_problem(pass, one->binding, one->edit, message);
    }
    if (!wanted->len)
        note(LOG_WARNING, "%s cannot be put back: %s", path, message);
}

static void report_failures(Pass *pass, const GPtrArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(wanted, i);
        if (one->failure)
            pass_add_problem(pass, one->binding, one->edit, one->failure);
    }
}

/* The name of the binding is the first field of a fingerprint. */
static void touch_recorded(Pass *pass, const FileRecord *record)
{
    for (char **edit = record ? record->edits : NULL; edit && *edit; edit++)
        g_hash_table_add(pass->touched, g_strndup(*edit, strcspn(*edit, FILE_PLAN_SEPARATOR)));
}

static void touch(Pass *pass, const FileRecord *record, const GPtrArray *wanted)
{
    touch_recorded(pass, record);
    for (guint i = 0; i < wanted->len; i++)
        g_hash_table_add(pass->touched,
                         g_strdup(((WantedEdit *)g_ptr_array_index(wanted, i))->binding->name));
}

static FileRecord *record_from_plan(const char *path, FilePlan *plan, const FileRecord *earlier)
{
    FileRecord *record = g_new0(FileRecord, 1);
    record->path = g_strdup(path);
    record->original = g_strdup(plan->original);
    record->written = g_strdup(plan->text);
    record->edits = g_strdupv(plan->edits);
    record->made = earlier ? g_strdupv(earlier->made) : g_new0(char *, 1);
    return record;
}

/* Directories that the agent made are taken away where they are empty. */
static void remove_directories(const char *const *made)
{
    for (guint i = g_strv_length((char **)made); i-- > 0;)
        rmdir(made[i]);
}

static gboolean forget(Agent *agent, const char *path, GError **error)
{
    const FileRecord *record = g_hash_table_lookup(agent->files, path);
    if (!record)
        return TRUE;
    remove_directories((const char *const *)record->made);
    if (!file_record_remove(agent->state, path, error))
        return FALSE;
    g_hash_table_remove(agent->files, path);
    return TRUE;
}

/* What was there is on disk before the file changes. */
static gboolean remember(Agent *agent, const char *path, FilePlan *plan, GError **error)
{
    g_autoptr(FileRecord) record =
        record_from_plan(path, plan, g_hash_table_lookup(agent->files, path));
    if (!file_record_save(agent->state, record, error))
        return FALSE;
    FileRecord *kept = g_steal_pointer(&record);
    g_hash_table_replace(agent->files, kept->path, kept);
    return TRUE;
}

static gboolean remember_directories(Agent *agent, const char *path, GStrv made, GError **error)
{
    FileRecord *record = g_hash_table_lookup(agent->files, path);
    if (!record || !*made)
        return TRUE;
    g_autoptr(GStrvBuilder) all = g_strv_builder_new();
    g_strv_builder_addv(all, (const char **)record->made);
    g_strv_builder_addv(all, (const char **)made);
    g_strfreev(record->made);
    record->made = g_strv_builder_end(all);
    return file_record_save(agent->state, record, error);
}

static gboolean write_file(Agent *agent, const char *path, const char *text, GError **error)
{
    g_auto(GStrv) made = NULL;
    if (!text)
        return target_file_remove(path, error);
    return target_file_write(path, text, &made, error) &&
           remember_directories(agent, path, made, error);
}

static gboolean carry_out(Agent *agent, const char *path, const char *present, FilePlan *plan,
                          GError **error)
{
    const gboolean back = g_strcmp0(plan->text, plan->original) == 0;
    if (!back && !remember(agent, path, plan, error))
        return FALSE;
    if (g_strcmp0(plan->text, present) != 0 && !write_file(agent, path, plan->text, error)) {
        /* Nothing was changed, so there is nothing to put back. */
        if (g_strcmp0(plan->original, present) == 0)
            forget(agent, path, NULL);
        return FALSE;
    }
    return !back || forget(agent, path, error);
}

static void tell(const char *path, const FilePlan *plan)
{
    if (plan->drift)
        note(LOG_WARNING, "%s was changed by somebody else, and is as the policy wants it again",
             path);
    else if (g_strcmp0(plan->text, plan->original) == 0)
        note(LOG_INFO, "%s is as it was before", path);
    else
        note(LOG_INFO, "%s is as the policy wants it", path);
}

static void tell_left(const char *path, const FilePlan *plan)
{
    if (plan->left)
        note(LOG_NOTICE,
             "%s: %u place(s) that the policy no longer asks for were changed by somebody else "
             "since, and stay as they are",
             path, plan->left);
}

/* Before it is repaired, what is in force without it is reported. */
static gboolean begin_repair(Pass *pass, const char *path, const GPtrArray *wanted)
{
    if (!damper_repair(pass->agent->damper, path, g_get_monotonic_time())) {
        g_autofree char *message =
            g_strdup_printf("somebody keeps changing %s; it is left alone for some minutes", path);
        report_problem(pass, wanted, path, message);
        return FALSE;
    }
    const Binding *last = NULL;
    for (guint i = 0; i < wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(wanted, i);
        if (one->binding != last)
            pass_check_binding(pass, one->binding);
        last = one->binding;
    }
    return TRUE;
}

/* Whether the file was written. */
static gboolean settle(Pass *pass, const char *path, GPtrArray *wanted, const char *present)
{
    g_autoptr(GError) error = NULL;
    g_auto(FilePlan) plan = {0};
    const FileRecord *record = g_hash_table_lookup(pass->agent->files, path);

    file_plan_make(&plan, record, present, wanted, pass->settings->values);
    report_failures(pass, wanted);
    const gboolean changes = g_strcmp0(plan.text, present) != 0;
    if (changes && plan.drift && !begin_repair(pass, path, wanted))
        return FALSE;
    if (changes)
        touch(pass, record, wanted);
    tell_left(path, &plan);
    if (!carry_out(pass->agent, path, present, &plan, &error))
        report_problem(pass, wanted, path, error->message);
    else if (changes)
        tell(path, &plan);
    return changes;
}

static void settle_file(Pass *pass, const char *path, GPtrArray *wanted)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *present = NULL;

    agent_stamp_file(pass->agent, path);
    if (!target_file_read(path, &present, &error)) {
        report_problem(pass, wanted, path, error->message);
        return;
    }
    if (settle(pass, path, wanted, present))
        agent_stamp_file(pass->agent, path);
}

void pass_settle_files(Pass *pass)
{
    g_autoptr(GHashTable) files = collect_files(pass);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(files), (GCompareFunc)strcmp);
    for (const GList *at = paths; at; at = at->next)
        settle_file(pass, at->data, g_hash_table_lookup(files, at->data));
}
