/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/binding-parse.h"

#include <string.h>

#include "agent/binding-read.h"
#include "daemon/policy/ini-value.h"

#define SERVICE_MAX_CHARACTERS 64
#define NAME_MAX_CHARACTERS    64

static void read_version(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    if (!g_str_equal(entry->value, "1"))
        binding_report(reader, entry, "this secpol-agent knows FormatVersion=1 only");
}

static void read_service(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    if (ini_value_check_text(entry->value, 1, SERVICE_MAX_CHARACTERS, &error))
        binding_read_text(reader, entry, &reader->binding->service);
    else
        binding_report(reader, entry, "%s", error->message);
}

static void read_condition(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_conditions(reader, entry, &reader->binding->conditions);
}

static void read_reload(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_units(reader, entry, &reader->binding->reload);
}

static void read_restart(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_units(reader, entry, &reader->binding->restart);
}

static void read_run(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_command(reader, entry, &reader->binding->run);
    for (char **word = reader->binding->run; word && *word; word++)
        if (strstr(*word, "${"))
            binding_report(reader, entry, "it also runs when nothing is locked, so no ${}");
}

static void read_watch(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_paths(reader, entry, &reader->binding->watch);
}

static void read_writes(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_paths(reader, entry, &reader->binding->writes);
}

static const BindingKey binding_keys[] = {
    {"FormatVersion", read_version}, {"Service", read_service}, {"Condition", read_condition},
    {"Reload", read_reload},         {"Restart", read_restart}, {"Run", read_run},
    {"Watch", read_watch},           {"Writes", read_writes},
};

static void report_at_group(const BindingReader *reader, const IniGroup *group, const char *message)
{
    diagnostics_add(reader->diagnostics, reader->file, group->line, DIAGNOSTIC_ERROR, group->name,
                    "%s", message);
}

/* The name after "Edit " or "Check ", or NULL. */
static const char *part_name(const IniGroup *group, const char *kind)
{
    const gsize length = strlen(kind);
    return strncmp(group->name, kind, length) == 0 && group->name[length] == ' '
               ? group->name + length + 1
               : NULL;
}

static gboolean check_name(const BindingReader *reader, const IniGroup *group, const char *name)
{
    const gsize length = strlen(name);
    if (length > 0 && length <= NAME_MAX_CHARACTERS &&
        strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_") == length)
        return TRUE;
    report_at_group(reader, group, "a name is 1 to 64 letters, digits, - and _");
    return FALSE;
}

static void begin_edit(BindingReader *reader, const IniGroup *group, const char *name)
{
    if (!check_name(reader, group, name))
        return;
    if (reader->binding->edits->len >= BINDING_MAX_GROUPS) {
        report_at_group(reader, group, "there are more than 64 edits");
        return;
    }
    reader->edit = binding_edit_new(name, group->line);
    g_ptr_array_add(reader->binding->edits, reader->edit);
}

static void begin_check(BindingReader *reader, const IniGroup *group, const char *name)
{
    if (!check_name(reader, group, name))
        return;
    if (reader->binding->checks->len >= BINDING_MAX_GROUPS) {
        report_at_group(reader, group, "there are more than 64 checks");
        return;
    }
    reader->check = binding_check_new(name, group->line);
    g_ptr_array_add(reader->binding->checks, reader->check);
}

static void begin_group(BindingReader *reader, const IniGroup *group)
{
    const char *edit = part_name(group, "Edit");
    const char *check = part_name(group, "Check");

    reader->edit = NULL;
    reader->check = NULL;
    if (edit)
        begin_edit(reader, group, edit);
    else if (check)
        begin_check(reader, group, check);
    else if (*group->name && !g_str_equal(group->name, "Binding") && !ini_group_is_foreign(group))
        report_at_group(reader, group,
                        "unknown group; there are Binding, Edit NAME and Check NAME");
}

static void read_entry(BindingReader *reader, const IniEntry *entry)
{
    if (reader->edit)
        binding_read_edit_entry(reader, entry);
    else if (reader->check)
        binding_read_check_entry(reader, entry);
    else if (g_str_equal(entry->group->name, "Binding"))
        binding_read_key(reader, entry, binding_keys, G_N_ELEMENTS(binding_keys));
}

/* A group's entries follow it: those of one that is reported are passed over. */
static void read_groups(BindingReader *reader, const IniFile *ini)
{
    guint next = 0;
    for (guint i = 0; i < ini->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(ini->groups, i);
        begin_group(reader, group);
        while (next < ini->entries->len) {
            const IniEntry *entry = &g_array_index(ini->entries, IniEntry, next);
            if (entry->group != group)
                break;
            read_entry(reader, entry);
            next++;
        }
    }
}

static gboolean has_entry(const IniFile *ini, const char *group, const char *key)
{
    for (guint i = 0; i < ini->entries->len; i++) {
        const IniEntry *entry = &g_array_index(ini->entries, IniEntry, i);
        if (g_str_equal(entry->group->name, group) && g_str_equal(entry->key, key))
            return TRUE;
    }
    return FALSE;
}

static void check_required(const BindingReader *reader, const IniFile *ini)
{
    static const char *const required[] = {"FormatVersion", "Service"};
    for (gsize i = 0; i < G_N_ELEMENTS(required); i++)
        if (!has_entry(ini, "Binding", required[i]))
            diagnostics_add(reader->diagnostics, reader->file, 0, DIAGNOSTIC_ERROR, required[i],
                            "missing from group [Binding]");
    if (!reader->binding->checks->len)
        diagnostics_add(reader->diagnostics, reader->file, 0, DIAGNOSTIC_ERROR, NULL,
                        "there is no [Check NAME], so nothing could ever be confirmed");
}

/* What is edited has to be read back. */
static void check_read_back(const BindingReader *reader)
{
    const Binding *binding = reader->binding;
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        if (binding_edits_setting(binding, i) && !binding_checks_setting(binding, i))
            diagnostics_add(reader->diagnostics, reader->file, 0, DIAGNOSTIC_ERROR,
                            catalog_settings[i].name,
                            "the setting is edited, but no [Check NAME] reads it back");
}

static void finish(const BindingReader *reader)
{
    for (guint i = 0; i < reader->binding->edits->len; i++)
        binding_finish_edit(reader, g_ptr_array_index(reader->binding->edits, i));
    for (guint i = 0; i < reader->binding->checks->len; i++)
        binding_finish_check(reader, g_ptr_array_index(reader->binding->checks, i));
    check_read_back(reader);
}

Binding *binding_parse(const char *name, const char *text, gsize length, const char *file,
                       Diagnostics *diagnostics)
{
    const guint n_errors = diagnostics->n_errors;
    const guint first = diagnostics->list->len;
    g_autoptr(IniFile) ini = ini_scan(text, length, file, diagnostics);
    if (!ini)
        return NULL;
    g_autoptr(Binding) binding = binding_new(name);
    BindingReader reader = {.binding = binding, .diagnostics = diagnostics, .file = file};

    read_groups(&reader, ini);
    /* What a damaged line would have said is not called missing. */
    if (diagnostics->n_errors == n_errors) {
        check_required(&reader, ini);
        finish(&reader);
    }
    diagnostics_sort(diagnostics, first);
    return diagnostics->n_errors == n_errors ? g_steal_pointer(&binding) : NULL;
}
