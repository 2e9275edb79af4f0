/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/agent-files-private.h"
#include "agent/target-file.h"
#include "agent/target-path.h"

/* How often a file is edited that somebody else changes meanwhile. */
#define TRIES_MAX 5

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
    g_autofree char *path = target_path_resolve(edit->file, &error);
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
    const NoteSubject subject = {.object = path, .detail = message};
    if (!wanted->len)
        note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s cannot be put back: %s",
                   path, message);
}

static void report_failures(Pass *pass, const GPtrArray *wanted)
{
    for (guint i = 0; i < wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(wanted, i);
        if (one->failure)
            pass_add_problem(pass, one->binding, one->edit, one->failure);
    }
}

static gboolean is_of_a_unit(const char *path)
{
    return g_str_has_prefix(path, "/etc/systemd/system/") ||
           g_str_has_prefix(path, "/run/systemd/system/");
}

static gboolean change_file(Pass *pass, const char *path, const char *text, const char *expected,
                            GError **error)
{
    g_autofree char *stamp = NULL;
    const gboolean good = text ? target_file_write(path, text, expected, &stamp, error)
                               : target_file_remove(path, expected, error);
    if (!good)
        return FALSE;
    agent_stamp_file(pass->agent, path, stamp ? stamp : "none");
    pass->agent->units_changed = pass->agent->units_changed || is_of_a_unit(path);
    return TRUE;
}

static gboolean carry_out(Pass *pass, const Target *target, const FilePlan *plan, GError **error)
{
    Agent *agent = pass->agent;
    const FileRecord *known = g_hash_table_lookup(agent->files, target->path);
    g_autoptr(FileRecord) earlier = known ? file_record_copy(known) : NULL;
    FileRecord *record = record_from_plan(agent, target, plan);

    if (!agent_keep_record(agent, record, error))
        return FALSE;
    if (g_strcmp0(plan->text, target->present) == 0)
        return TRUE;
    if (!change_file(pass, target->path, plan->text, target->stamp, error)) {
        agent_take_back_record(agent, target->path, g_steal_pointer(&earlier));
        return FALSE;
    }
    /* Not only when services have read that the file is gone, which takes them long. */
    if (!plan->text)
        record_remove_directories(record);
    for (char **name = record->untold; *name; name++)
        g_hash_table_add(agent->untold, g_strdup(*name));
    return TRUE;
}

/* Before it is repaired, what is in force without it is reported. */
static void report_undone(Pass *pass, const Target *target)
{
    for (guint i = 0; i < target->wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(target->wanted, i);
        if (!one->undone)
            continue;
        tampering_note(pass->agent->tampering, one->binding, one->edit, target->path,
                       g_get_real_time());
        pass_check_edit(pass, one->binding, one->edit);
    }
}

static gboolean is_told_of(const WantedEdit *one, gboolean undone)
{
    return undone ? one->undone : !one->failure;
}

/* An event about the edits that somebody has undone, or about all that are made. */
static void tell_event(const Target *target, gboolean undone, int priority, const char *id,
                       const char *what)
{
    g_autoptr(GPtrArray) edits = g_ptr_array_new();
    NoteSubject subject = {.object = target->path, .edits = edits};
    for (guint i = 0; i < target->wanted->len; i++) {
        const WantedEdit *one = g_ptr_array_index(target->wanted, i);
        if (!is_told_of(one, undone))
            continue;
        subject.binding = one->binding;
        g_ptr_array_add(edits, (gpointer)one->edit);
    }
    note_event(priority, id, &subject, "%s%s", target->path, what);
}

static void tell(const Target *target, const FilePlan *plan)
{
    if (plan->drift)
        tell_event(target, TRUE, LOG_WARNING, MESSAGE_ID_AGENT_REPAIRED,
                   " was changed by somebody else, and is as the policy wants it again");
    else if (g_strcmp0(plan->text, plan->original) == 0)
        tell_event(target, FALSE, LOG_INFO, MESSAGE_ID_AGENT_RESTORED, " is as it was before");
    else
        tell_event(target, FALSE, LOG_INFO, MESSAGE_ID_AGENT_CHANGED, " is as the policy wants it");
}

static void tell_left(const char *path, const FilePlan *plan)
{
    const NoteSubject subject = {.object = path};
    if (plan->left)
        note_event(LOG_NOTICE, MESSAGE_ID_AGENT_LEFT, &subject,
                   "%s: %u place(s) that the policy no longer asks for were changed by somebody "
                   "else since, and stay as they are",
                   path, plan->left);
}

/* A new demand does not wait for the end of a war over an earlier one. */
static gboolean begin_repair(Pass *pass, const Target *target, const FilePlan *plan)
{
    Damper *damper = pass->agent->damper;
    const gint64 now = g_get_monotonic_time();
    const gboolean known = damper_is_waiting(damper, target->path, now);
    if (plan->news || damper_repair(damper, target->path, now)) {
        report_undone(pass, target);
        return TRUE;
    }
    if (!known)
        tell_event(target, TRUE, LOG_WARNING, MESSAGE_ID_AGENT_FIGHT,
                   " is changed again and again by somebody else, and is left alone for some "
                   "minutes");
    g_autofree char *message = g_strdup_printf(
        "somebody keeps changing %s; it is left alone for some minutes", target->path);
    report_problem(pass, target->wanted, target->path, message);
    return FALSE;
}

static gboolean settle(Pass *pass, const Target *target, GError **error)
{
    g_auto(FilePlan) plan = {0};
    const FileRecord *record = g_hash_table_lookup(pass->agent->files, target->path);

    file_plan_make(&plan, record, target->present, target->wanted, pass->settings->values);
    const gboolean changes = g_strcmp0(plan.text, target->present) != 0;
    if (record || changes || *plan.edits) {
        if (changes && plan.drift && !begin_repair(pass, target, &plan))
            return TRUE;
        if (!carry_out(pass, target, &plan, error))
            return FALSE;
    }
    report_failures(pass, target->wanted);
    tell_left(target->path, &plan);
    if (changes)
        tell(target, &plan);
    return TRUE;
}

static gboolean try_file(Pass *pass, const char *path, GPtrArray *wanted, GError **error)
{
    g_autofree char *present = NULL;
    g_autofree char *stamp = target_file_stamp(path);

    agent_stamp_file(pass->agent, path, stamp);
    return target_file_read(path, &present, error) &&
           settle(pass, &(Target){path, stamp, present, wanted}, error);
}

/* Somebody may be at work in the file as well. */
static void settle_file(Pass *pass, const char *path, GPtrArray *wanted)
{
    for (guint tries = 1;; tries++) {
        g_autoptr(GError) error = NULL;
        if (try_file(pass, path, wanted, &error))
            return;
        if (tries < TRIES_MAX && g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
            continue;
        report_problem(pass, wanted, path, error->message);
        return;
    }
}

void pass_settle_files(Pass *pass)
{
    g_autoptr(GHashTable) files = collect_files(pass);
    g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(files), (GCompareFunc)strcmp);
    for (const GList *at = paths; at; at = at->next)
        settle_file(pass, at->data, g_hash_table_lookup(files, at->data));
}
