/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/binding-read.h"

#include <string.h>

#include "daemon/policy/ini-value.h"
#include "daemon/policy/nearest.h"

static const BindingKey *find_key(const char *name, const BindingKey *keys, gsize n_keys)
{
    for (gsize i = 0; i < n_keys; i++)
        if (g_str_equal(keys[i].name, name) ||
            (g_str_has_suffix(keys[i].name, ".") && g_str_has_prefix(name, keys[i].name) &&
             !g_str_equal(name, keys[i].name)))
            return &keys[i];
    return NULL;
}

void binding_read_key(BindingReader *reader, const IniEntry *entry, const BindingKey *keys,
                      gsize n_keys)
{
    const BindingKey *key = find_key(entry->key, keys, n_keys);
    if (key) {
        const char *suffix =
            g_str_has_suffix(key->name, ".") ? entry->key + strlen(key->name) : NULL;
        if (entry->value)
            key->read(reader, entry, suffix);
        return;
    }
    Nearest nearest;
    nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : entry->key);
    for (gsize i = 0; i < n_keys; i++)
        nearest_offer(&nearest, keys[i].name);
    g_autofree char *hint = nearest_to_hint(&nearest);
    binding_report(reader, entry, "unknown key in this group%s", hint);
}

void binding_report(const BindingReader *reader, const IniEntry *entry, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    diagnostics_add(reader->diagnostics, reader->file, entry->line, DIAGNOSTIC_ERROR, entry->key,
                    "%s", message);
}

void binding_report_group(const BindingReader *reader, const char *kind, const char *name,
                          guint line, const char *message)
{
    g_autofree char *group = g_strdup_printf("%s %s", kind, name);
    diagnostics_add(reader->diagnostics, reader->file, line, DIAGNOSTIC_ERROR, group, "%s",
                    message);
}

void binding_read_text(const BindingReader *reader, const IniEntry *entry, char **place)
{
    if (!*entry->value) {
        binding_report(reader, entry, "the value is empty");
        return;
    }
    g_free(*place);
    *place = g_strdup(entry->value);
}

static gboolean is_plain_path(const char *path)
{
    if (*path != '/' || g_str_has_suffix(path, "/"))
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(path + 1, "/", -1);
    for (char **part = parts; *part; part++)
        if (!**part || g_str_equal(*part, ".") || g_str_equal(*part, ".."))
            return FALSE;
    return TRUE;
}

void binding_read_path(const BindingReader *reader, const IniEntry *entry, char **place)
{
    if (!is_plain_path(entry->value)) {
        binding_report(reader, entry, "not an absolute path without \"..\" and further slashes");
        return;
    }
    g_free(*place);
    *place = g_strdup(entry->value);
}

void binding_read_template(const BindingReader *reader, const IniEntry *entry, char **place)
{
    g_autoptr(GError) error = NULL;
    if (!template_check(entry->value, &error)) {
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    g_free(*place);
    *place = g_strdup(entry->value);
}

void binding_read_word_list(const BindingReader *reader, const IniEntry *entry, char **place)
{
    g_autoptr(GError) error = NULL;
    if (!word_list_check(entry->value, &error)) {
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    binding_read_template(reader, entry, place);
}

static const char *const unit_types[] = {".service", ".socket", ".path", ".timer", ".target"};

static gboolean is_unit(const char *name)
{
    if (strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ":_.\\@-") != strlen(name))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(unit_types); i++)
        if (g_str_has_suffix(name, unit_types[i]))
            return strlen(name) > strlen(unit_types[i]) && strlen(name) < 256;
    return FALSE;
}

/* NULL where there are too many or none, which is reported. */
static GStrv read_words(const BindingReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = ini_value_split(entry->value, BINDING_MAX_WORDS, &error);
    if (!words) {
        binding_report(reader, entry, "%s", error->message);
        return NULL;
    }
    if (!*words) {
        binding_report(reader, entry, "the value is empty");
        return NULL;
    }
    return g_steal_pointer(&words);
}

void binding_read_units(const BindingReader *reader, const IniEntry *entry, GStrv *place)
{
    g_auto(GStrv) units = read_words(reader, entry);
    if (!units)
        return;
    for (char **unit = units; *unit; unit++) {
        if (is_unit(*unit))
            continue;
        g_autofree char *quoted = ini_value_quote(*unit);
        binding_report(reader, entry,
                       "%s is not the name of a service, socket, path, timer or target", quoted);
        return;
    }
    g_strfreev(*place);
    *place = g_steal_pointer(&units);
}

void binding_read_paths(const BindingReader *reader, const IniEntry *entry, GStrv *place)
{
    g_auto(GStrv) paths = read_words(reader, entry);
    if (!paths)
        return;
    for (char **path = paths; *path; path++) {
        if (is_plain_path(*path))
            continue;
        g_autofree char *quoted = ini_value_quote(*path);
        binding_report(reader, entry, "%s is not an absolute path", quoted);
        return;
    }
    g_strfreev(*place);
    *place = g_steal_pointer(&paths);
}

void binding_read_conditions(const BindingReader *reader, const IniEntry *entry, GStrv *place)
{
    g_auto(GStrv) conditions = read_words(reader, entry);
    if (!conditions)
        return;
    for (char **condition = conditions; *condition; condition++) {
        const char *what = **condition == '!' ? *condition + 1 : *condition;
        if (is_plain_path(what) || is_unit(what))
            continue;
        g_autofree char *quoted = ini_value_quote(what);
        binding_report(reader, entry, "%s is neither an absolute path nor the name of a unit",
                       quoted);
        return;
    }
    g_strfreev(*place);
    *place = g_steal_pointer(&conditions);
}

void binding_read_command(const BindingReader *reader, const IniEntry *entry, GStrv *place)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_shell_parse_argv(entry->value, NULL, &words, NULL)) {
        binding_report(reader, entry, "not a program with its arguments, quoted as in a shell");
        return;
    }
    if (!is_plain_path(words[0])) {
        binding_report(reader, entry, "the program is not given by its absolute path");
        return;
    }
    for (char **word = words; *word; word++) {
        if (template_check(*word, &error))
            continue;
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    g_strfreev(*place);
    *place = g_steal_pointer(&words);
}

void binding_read_number(const BindingReader *reader, const IniEntry *entry, guint64 maximum,
                         guint *place)
{
    g_autoptr(GError) error = NULL;
    guint64 number;
    if (ini_value_parse_number(entry->value, 1, maximum, NULL, &number, &error))
        *place = (guint)number;
    else
        binding_report(reader, entry, "%s", error->message);
}

void binding_read_flag(const BindingReader *reader, const IniEntry *entry, gboolean *place)
{
    g_autoptr(GError) error = NULL;
    if (!ini_value_parse_flag(entry->value, place, &error))
        binding_report(reader, entry, "%s", error->message);
}

gint binding_read_setting(const BindingReader *reader, const IniEntry *entry, const char *name)
{
    const CatalogSetting *setting = catalog_find_setting(name);
    if (setting)
        return (gint)catalog_setting_index(setting);

    Nearest nearest;
    nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : name);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        nearest_offer(&nearest, catalog_settings[i].name);
    g_autofree char *hint = nearest_to_hint(&nearest);
    g_autofree char *quoted = ini_value_quote(name);
    binding_report(reader, entry, "%s is not a setting%s", quoted, hint);
    return -1;
}

GVariant *binding_read_value(const BindingReader *reader, const IniEntry *entry, guint setting,
                             const char *text)
{
    const CatalogSetting *of = &catalog_settings[setting];
    guint64 number;

    if (g_str_equal(of->type, "s"))
        return g_variant_ref_sink(g_variant_new_string(text));
    if (g_str_equal(of->type, "u") && number_from_text(text, &number) && number <= G_MAXUINT32)
        return g_variant_ref_sink(g_variant_new_uint32((guint32)number));
    if (g_str_equal(of->type, "b") && (g_str_equal(text, "true") || g_str_equal(text, "false")))
        return g_variant_ref_sink(g_variant_new_boolean(*text == 't'));

    g_autofree char *quoted = ini_value_quote(text);
    binding_report(reader, entry, "%s is not a value of %s, which is %s", quoted, of->name,
                   g_str_equal(of->type, "b") ? "true or false" : "a number");
    return NULL;
}
