/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/agent-private.h"
#include "agent/program.h"

void pass_save_deeds(const Pass *pass)
{
    g_autoptr(GError) error = NULL;
    if (!deed_record_save(pass->agent->deeds, &error))
        note(LOG_ERR, "%s", error->message);
}

static char *command_name(const Binding *binding, const BindingEdit *edit)
{
    return g_strdup_printf("%s/%s", binding->name, edit->name);
}

static GStrv expand_command(const Pass *pass, const BindingEdit *edit)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    for (char **word = edit->apply; *word; word++) {
        g_autofree char *expanded = template_expand(*word, pass->settings->values,
                                                    (TemplateLimits){edit->least, edit->most});
        g_strv_builder_add(words, expanded);
    }
    return g_strv_builder_end(words);
}

static void apply_command(Pass *pass, const Binding *binding, const BindingEdit *edit,
                          const CommandDeed *deed)
{
    g_autofree char *problem = program_run((const char *const *)deed->apply, NULL);
    if (problem)
        pass_add_problem(pass, binding, edit, problem);
    g_hash_table_add(pass->agent->untold, g_strdup(binding->name));
}

/* Without knowing how it was, nothing is changed. NULL where that cannot be found out. */
static CommandDeed *begin_command(Pass *pass, const Binding *binding, const BindingEdit *edit,
                                  const char *name)
{
    g_autofree char *was = NULL;
    if (edit->was) {
        g_autofree char *problem = program_ask((const char *const *)edit->was, &was);
        if (problem) {
            pass_add_problem(pass, binding, edit, problem);
            return NULL;
        }
    }
    CommandDeed *deed = deed_record_add_command(pass->agent->deeds, name);
    deed->was = g_steal_pointer(&was);
    return deed;
}

static void settle_command(Pass *pass, const Binding *binding, const BindingEdit *edit)
{
    g_autofree char *name = command_name(binding, edit);
    g_auto(GStrv) words = expand_command(pass, edit);
    CommandDeed *deed = deed_record_find_command(pass->agent->deeds, name);

    if (deed && g_strv_equal((const char *const *)deed->apply, (const char *const *)words))
        return;
    if (!deed)
        deed = begin_command(pass, binding, edit, name);
    if (!deed)
        return;
    g_strfreev(deed->apply);
    g_strfreev(deed->undo);
    deed->apply = g_steal_pointer(&words);
    deed->undo = g_strdupv(edit->undo);
    pass_save_deeds(pass);
    apply_command(pass, binding, edit, deed);
}

void pass_repeat_commands(Pass *pass, const Binding *binding)
{
    for (guint i = 0; i < binding->edits->len; i++) {
        const BindingEdit *edit = g_ptr_array_index(binding->edits, i);
        g_autofree char *name = command_name(binding, edit);
        const CommandDeed *deed = deed_record_find_command(pass->agent->deeds, name);
        if (edit->apply && deed && pass_wants(pass, edit))
            apply_command(pass, binding, edit, deed);
    }
}

/* Names of the edits that are programs and are wanted. */
static GHashTable *settle_wanted_commands(Pass *pass)
{
    GHashTable *wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        for (guint j = 0; j < binding->edits->len; j++) {
            const BindingEdit *edit = g_ptr_array_index(binding->edits, j);
            if (!edit->apply || !pass_wants(pass, edit))
                continue;
            settle_command(pass, binding, edit);
            g_hash_table_add(wanted, command_name(binding, edit));
        }
    }
    return wanted;
}

/* Whether there is nothing left to take back. A program that is gone takes nothing back. */
static gboolean undo_command(Pass *pass, CommandDeed *deed)
{
    const gint64 now = g_get_monotonic_time();
    if (deed->retry.due > now)
        return FALSE;
    g_autofree char *problem = program_run((const char *const *)deed->undo, deed->was);
    g_hash_table_add(pass->agent->untold, g_strndup(deed->edit, strcspn(deed->edit, "/")));
    if (!problem)
        return TRUE;
    const NoteSubject subject = {.detail = problem};
    note_event(LOG_WARNING, MESSAGE_ID_AGENT_PROBLEM, &subject, "%s cannot be taken back: %s",
               deed->edit, problem);
    deed_retry_fail(&deed->retry, now);
    return !g_file_test(deed->undo[0], G_FILE_TEST_IS_EXECUTABLE);
}

void pass_settle_commands(Pass *pass)
{
    GPtrArray *deeds = pass->agent->deeds->commands;
    g_autoptr(GHashTable) wanted = settle_wanted_commands(pass);

    for (guint i = 0; i < deeds->len;) {
        CommandDeed *deed = g_ptr_array_index(deeds, i);
        if (g_hash_table_contains(wanted, deed->edit) || !undo_command(pass, deed)) {
            i++;
            continue;
        }
        g_ptr_array_remove_index(deeds, i);
        pass_save_deeds(pass);
    }
}
