/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <netinet/in.h>
#include <string.h>

#include "agent/binding-read.h"
#include "daemon/policy/ini-value.h"

static void read_settings(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = ini_value_split(entry->value, BINDING_MAX_WORDS, &error);
    if (!words) {
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    for (char **word = words; *word; word++) {
        const gint index = binding_read_setting(reader, entry, *word);
        if (index < 0)
            continue;
        const guint setting = (guint)index;
        const guint first = reader->check->settings->len
                                ? g_array_index(reader->check->settings, guint, 0)
                                : setting;
        if (!g_str_equal(catalog_settings[first].type, catalog_settings[setting].type))
            binding_report(reader, entry, "%s and %s are of different types",
                           catalog_settings[first].name, *word);
        g_array_append_val(reader->check->settings, setting);
    }
}

static void read_condition(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_conditions(reader, entry, &reader->check->conditions);
}

static void read_command(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->check->kind = CHECK_COMMAND;
    binding_read_command(reader, entry, &reader->check->command);
}

static void read_input(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_template(reader, entry, &reader->check->input);
}

static void read_result(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    if (g_str_equal(entry->value, "output") || g_str_equal(entry->value, "status"))
        reader->check->by_status = *entry->value == 's';
    else
        binding_report(reader, entry, "the result is either output or status");
}

static void read_property(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    g_auto(GStrv) words = ini_value_split(entry->value, 4, NULL);
    if (!words || g_strv_length(words) != 4 || !g_variant_is_object_path(words[1])) {
        binding_report(reader, entry, "not SERVICE OBJECT INTERFACE PROPERTY");
        return;
    }
    reader->check->kind = CHECK_PROPERTY;
    g_strfreev(reader->check->property);
    reader->check->property = g_steal_pointer(&words);
}

static void read_units(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->check->kind = CHECK_UNITS;
    binding_read_units(reader, entry, &reader->check->units);
}

/* "tcp/515". */
static void read_listener(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    const gboolean tcp = g_str_has_prefix(entry->value, "tcp/");
    guint64 port;
    if ((!tcp && !g_str_has_prefix(entry->value, "udp/")) ||
        !ini_value_parse_number(entry->value + 4, 1, G_MAXUINT16, NULL, &port, NULL)) {
        binding_report(reader, entry, "neither tcp/PORT nor udp/PORT");
        return;
    }
    reader->check->kind = CHECK_LISTENER;
    reader->check->protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
    reader->check->port = (guint16)port;
}

static void read_edit(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    const gint index = binding_find_edit(reader->binding, entry->value);
    if (index < 0) {
        binding_report(reader, entry, "there is no [Edit %s] above", entry->value);
        return;
    }
    const BindingEdit *edit = g_ptr_array_index(reader->binding->edits, index);
    if (!edit->lens && !edit->content)
        binding_report(reader, entry, "the edit has no file to read again");
    reader->check->kind = CHECK_EDIT;
    reader->check->edit = (guint)index;
}

static void read_loaded(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_units(reader, entry, &reader->check->loaded);
}

static void read_match(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    GRegex *match = g_regex_new(entry->value, G_REGEX_MULTILINE, 0, &error);
    if (!match) {
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    g_clear_pointer(&reader->check->match, g_regex_unref);
    reader->check->match = match;
}

/* Settings= has to come first, or the value's type would not be known. */
static void read_means(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    BindingCheck *check = reader->check;
    if (!check->settings->len) {
        binding_report(reader, entry, "Settings= has to stand above");
        return;
    }
    const guint setting = g_array_index(check->settings, guint, 0);
    GVariant *value = binding_read_value(reader, entry, setting, suffix);
    if (!value)
        return;
    BindingMeaning *meaning = g_new0(BindingMeaning, 1);
    meaning->value = value;
    g_ptr_array_add(check->meanings, meaning);
    binding_read_word_list(reader, entry, &meaning->words);
}

static void read_accept(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_word_list(reader, entry, &reader->check->accept);
}

static void read_scale(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_number(reader, entry, G_MAXUINT32, &reader->check->scale);
}

static const BindingKey check_keys[] = {
    {"Settings", read_settings}, {"Condition", read_condition}, {"Command", read_command},
    {"Input", read_input},       {"Result", read_result},       {"Property", read_property},
    {"Units", read_units},       {"Listener", read_listener},   {"Edit", read_edit},
    {"Loaded", read_loaded},     {"Match", read_match},         {"Means.", read_means},
    {"Accept", read_accept},     {"Scale", read_scale},
};

void binding_read_check_entry(BindingReader *reader, const IniEntry *entry)
{
    binding_read_key(reader, entry, check_keys, G_N_ELEMENTS(check_keys));
}

static const char *find_problem(const BindingCheck *check)
{
    const guint kinds = (check->command != NULL) + (check->property != NULL) +
                        (check->units != NULL) + (check->port != 0) + (check->kind == CHECK_EDIT);
    if (!check->settings->len)
        return "Settings= does not say which settings it tells";
    if (kinds != 1)
        return "one of Command=, Property=, Units=, Listener= and Edit= says where to look";
    if ((check->input || check->by_status) && !check->command)
        return "Input= and Result= need Command=";
    if (check->loaded && check->kind != CHECK_EDIT)
        return "Loaded= needs Edit=";
    if (check->by_status && check->match)
        return "Match= cuts output, not a status";
    if (check->kind == CHECK_EDIT && (check->meanings->len || check->accept || check->match))
        return "an edit that is read again is in force or not: no Match=, Means. and Accept=";
    const char *type = catalog_settings[g_array_index(check->settings, guint, 0)].type;
    if (g_str_equal(type, "b") && check->kind != CHECK_EDIT && !check->meanings->len)
        return "Means.true= or Means.false= says which results stand for what";
    if (!g_str_equal(type, "u") && check->scale != 1)
        return "Scale= is for numbers";
    return NULL;
}

/* Placeholders are read from the settings in force, which the check is for. */
typedef struct Search {
    const BindingCheck *check;
    const char *missing;
} Search;

static void look_for(guint setting, gpointer data)
{
    Search *search = data;
    for (guint i = 0; i < search->check->settings->len; i++)
        if (g_array_index(search->check->settings, guint, i) == setting)
            return;
    search->missing = catalog_settings[setting].name;
}

void binding_finish_check(const BindingReader *reader, BindingCheck *check)
{
    const char *problem = find_problem(check);
    if (problem)
        binding_report_group(reader, "Check", check->name, check->line, problem);

    Search search = {.check = check};
    if (check->input)
        template_foreach(check->input, look_for, &search);
    if (check->accept)
        template_foreach(check->accept, look_for, &search);
    for (char **word = check->command; word && *word; word++)
        template_foreach(*word, look_for, &search);
    if (search.missing) {
        g_autofree char *message =
            g_strdup_printf("${%s} is not one of its Settings=", search.missing);
        binding_report_group(reader, "Check", check->name, check->line, message);
    }
}
