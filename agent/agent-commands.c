/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/agent-private.h"
#include "agent/command.h"
#include "agent/note.h"

void pass_save_deeds(const Pass *pass)
{
    g_autoptr(GError) error = NULL;
    if (!deed_record_save(pass->agent->deeds, &error))
        note(LOG_ERR, "%s", error->message);
}

char *pass_run_program(const char *const *words)
{
    g_auto(CommandResult) result = {0};
    g_autoptr(GError) error = NULL;
    if (!command_run(words, NULL, &result, &error))
        return g_strdup(error->message);
    if (result.status == 0)
        return NULL;
    /* What it prints may quote files with secrets. */
    return g_strdup_printf("%s ended with status %d; run it by hand to see why", words[0],
                           result.status);
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
    g_autofree char *problem = pass_run_program((const char *const *)deed->apply);
    if (problem)
        pass_add_problem(pass, binding, edit, problem);
    g_hash_table_add(pass->touched, g_strdup(binding->name));
}

static void settle_command(Pass *pass, const Binding *binding, const BindingEdit *edit)
{
    DeedRecord *deeds = pass->agent->deeds;
    g_autofree char *name = command_name(binding, edit);
    g_auto(GStrv) words = expand_command(pass, edit);
    CommandDeed *deed = deed_record_find_command(deeds, name);

    if (deed && g_strv_equal((const char *const *)deed->apply, (const char *const *)words))
        return;
    if (!deed)
        deed = deed_record_add_command(deeds, name);
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

void pass_settle_commands(Pass *pass)
{
    GPtrArray *deeds = pass->agent->deeds->commands;
    g_autoptr(GHashTable) wanted = settle_wanted_commands(pass);

    for (guint i = 0; i < deeds->len;) {
        const CommandDeed *deed = g_ptr_array_index(deeds, i);
        if (g_hash_table_contains(wanted, deed->edit)) {
            i++;
            continue;
        }
        g_autofree char *problem = pass_run_program((const char *const *)deed->undo);
        if (problem)
            note(LOG_WARNING, "%s cannot be taken back: %s", deed->edit, problem);
        g_ptr_array_remove_index(deeds, i);
        pass_save_deeds(pass);
    }
}

static void each_unit(Pass *pass, char *const *units, GHashTable *done,
                      gboolean (*act)(UnitControl *, const char *, GError **))
{
    for (char *const *unit = units; unit && *unit; unit++) {
        g_autoptr(GError) error = NULL;
        if (!g_hash_table_add(done, *unit) || !pass->agent->control)
            continue;
        if (!act(pass->agent->control, *unit, &error))
            note(LOG_WARNING, "%s", error->message);
    }
}

static void run_after_edits(const Binding *binding)
{
    if (!binding->run)
        return;
    g_autofree char *problem = pass_run_program((const char *const *)binding->run);
    if (problem)
        note(LOG_WARNING, "%s: %s", binding->name, problem);
}

void pass_reload_services(Pass *pass)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < pass->active->len; i++) {
        const Binding *binding = g_ptr_array_index(pass->active, i);
        if (!g_hash_table_contains(pass->touched, binding->name))
            continue;
        run_after_edits(binding);
        each_unit(pass, binding->restart, done, unit_control_restart);
        each_unit(pass, binding->reload, done, unit_control_reload);
    }
}
