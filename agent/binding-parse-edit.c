/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/binding-read.h"
#include "daemon/policy/ini-value.h"

static void read_when_word(BindingReader *reader, const IniEntry *entry, const char *word)
{
    const char *equals = strchr(word, '=');
    g_autofree char *name = equals ? g_strndup(word, (gsize)(equals - word)) : g_strdup(word);
    const gint setting = binding_read_setting(reader, entry, name);
    if (setting < 0)
        return;
    BindingDemand demand = {.setting = (guint)setting};
    if (equals) {
        demand.value = binding_read_value(reader, entry, demand.setting, equals + 1);
        if (!demand.value)
            return;
    } else if (g_str_equal(catalog_settings[setting].type, "b")) {
        binding_report(reader, entry, "%s is a flag: write %s=true or %s=false", name, name, name);
        return;
    }
    g_array_append_val(reader->edit->when, demand);
}

static void read_when(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = ini_value_split(entry->value, BINDING_MAX_WORDS, &error);
    if (!words) {
        binding_report(reader, entry, "%s", error->message);
        return;
    }
    const char *repeated = ini_value_find_repeated((const char *const *)words);
    if (repeated)
        binding_report(reader, entry, "%s stands there twice", repeated);
    for (char **word = words; *word; word++)
        read_when_word(reader, entry, *word);
}

static void read_condition(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_conditions(reader, entry, &reader->edit->conditions);
}

static void read_file(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_path(reader, entry, &reader->edit->file);
}

/* "Module.lns". */
static void read_lens(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    const char *dot = strchr(entry->value, '.');
    const gsize length = strlen(entry->value);
    if (!g_ascii_isupper(*entry->value) || !dot || !dot[1] ||
        strspn(entry->value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.") != length) {
        binding_report(reader, entry, "not the name of a lens as Augeas has them: Module.lns");
        return;
    }
    binding_read_text(reader, entry, &reader->edit->lens);
}

/* An expression that is relative to the file, or to the nodes of Each=. */
static void read_expression(const BindingReader *reader, const IniEntry *entry, char **place)
{
    if (*entry->value == '/')
        binding_report(reader, entry, "the path begins with a slash; it is seen from the file");
    else
        binding_read_text(reader, entry, place);
}

static void read_each(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_expression(reader, entry, &reader->edit->each);
}

static void read_node(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_expression(reader, entry, &reader->edit->path);
}

static void read_create(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    if (strpbrk(entry->value, "/[]"))
        binding_report(reader, entry, "a label, which holds no slash and no brackets");
    else
        binding_read_text(reader, entry, &reader->edit->create);
}

static void read_before(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_expression(reader, entry, &reader->edit->before);
}

static void read_after(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_expression(reader, entry, &reader->edit->after);
}

static void read_value(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_template(reader, entry, &reader->edit->value);
}

static void read_set(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    BindingChild *child = g_new0(BindingChild, 1);
    child->path = g_strdup(suffix);
    child->value = g_strdup("");
    g_ptr_array_add(reader->edit->children, child);
    if (*suffix == '/')
        binding_report(reader, entry, "the path begins with a slash; it is seen from the node");
    else
        binding_read_template(reader, entry, &child->value);
}

static void read_remove(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_flag(reader, entry, &reader->edit->remove);
}

static void read_keep(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_word_list(reader, entry, &reader->edit->keep);
}

static void read_least(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_number(reader, entry, G_MAXUINT32, &reader->edit->least);
}

static void read_most(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    binding_read_number(reader, entry, G_MAXUINT32, &reader->edit->most);
}

static void read_content(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->edit->kind = EDIT_CONTENT;
    binding_read_template(reader, entry, &reader->edit->content);
}

static void read_mask(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->edit->kind = EDIT_MASK;
    binding_read_units(reader, entry, &reader->edit->units);
}

static void read_stop(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->edit->kind = EDIT_STOP;
    binding_read_units(reader, entry, &reader->edit->units);
}

static void read_start(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->edit->kind = EDIT_START;
    binding_read_units(reader, entry, &reader->edit->units);
}

static void read_apply(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    reader->edit->kind = EDIT_COMMAND;
    binding_read_command(reader, entry, &reader->edit->apply);
}

/* A program that runs also when nothing is locked. */
static void read_free_command(const BindingReader *reader, const IniEntry *entry, GStrv *place)
{
    binding_read_command(reader, entry, place);
    for (char **word = *place; word && *word; word++)
        if (strstr(*word, "${"))
            binding_report(reader, entry, "it also runs when nothing is locked, so no ${}");
}

static void read_undo(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_free_command(reader, entry, &reader->edit->undo);
}

static void read_was(BindingReader *reader, const IniEntry *entry, const char *suffix)
{
    read_free_command(reader, entry, &reader->edit->was);
}

static const BindingKey edit_keys[] = {
    {"When", read_when},     {"Condition", read_condition},
    {"File", read_file},     {"Lens", read_lens},
    {"Each", read_each},     {"Path", read_node},
    {"Create", read_create}, {"Before", read_before},
    {"After", read_after},   {"Value", read_value},
    {"Set.", read_set},      {"Remove", read_remove},
    {"Keep", read_keep},     {"Least", read_least},
    {"Most", read_most},     {"Content", read_content},
    {"Mask", read_mask},     {"Stop", read_stop},
    {"Start", read_start},   {"Apply", read_apply},
    {"Undo", read_undo},     {"Was", read_was},
};

void binding_read_edit_entry(BindingReader *reader, const IniEntry *entry)
{
    binding_read_key(reader, entry, edit_keys, G_N_ELEMENTS(edit_keys));
}

/* What an edit has to have, and what it cannot have together. */
static const char *find_tree_problem(const BindingEdit *edit)
{
    const gboolean writes = edit->value || edit->children->len;
    if (!edit->file || !edit->path)
        return "a value in a file needs File=, Lens= and Path=";
    if (edit->content || edit->units || edit->apply)
        return "Lens= does not go with Content=, Mask=, Stop=, Start= and Apply=";
    if (writes == edit->remove)
        return edit->remove ? "Remove=yes does not go with Value= and Set."
                            : "neither Value= nor Set. nor Remove=yes says what to do";
    if (edit->before && edit->after)
        return "Before= and After= do not go together";
    if ((edit->before || edit->after) && !edit->create)
        return "Before= and After= need Create=";
    if (writes && !edit->create && !edit->each && strchr(edit->path, '['))
        return "where nothing matches a Path= with brackets, Create= has to say what to make";
    return NULL;
}

static const char *find_other_problem(const BindingEdit *edit)
{
    const guint kinds = (edit->content != NULL) + (edit->units != NULL) + (edit->apply != NULL);
    if (kinds == 0)
        return "nothing is edited: Lens=, Content=, Mask=, Stop=, Start= or Apply= is missing";
    if (kinds > 1)
        return "Content=, Mask=, Stop=, Start= and Apply= do not go together";
    if (edit->path || edit->each || edit->create || edit->before || edit->after || edit->value ||
        edit->children->len || edit->remove || edit->keep)
        return "Path=, Value= and what belongs to them need Lens=";
    if ((edit->content != NULL) != (edit->file != NULL))
        return "Content= and File= need each other";
    if ((edit->apply != NULL) != (edit->undo != NULL))
        return "Apply= and Undo= need each other";
    if (edit->was && !edit->apply)
        return "Was= needs Apply= and Undo=";
    return NULL;
}

typedef struct Search {
    const BindingEdit *edit;
    const char *missing; /* a setting that is used and not waited for, or NULL */
} Search;

static void look_for(guint setting, gpointer data)
{
    Search *search = data;
    for (guint i = 0; i < search->edit->when->len; i++)
        if (g_array_index(search->edit->when, BindingDemand, i).setting == setting)
            return;
    search->missing = catalog_settings[setting].name;
}

static const char *find_missing_setting(const BindingEdit *edit)
{
    Search search = {.edit = edit};
    const char *const texts[] = {edit->value, edit->content, edit->keep};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i])
            template_foreach(texts[i], look_for, &search);
    for (guint i = 0; i < edit->children->len; i++)
        template_foreach(((BindingChild *)g_ptr_array_index(edit->children, i))->value, look_for,
                         &search);
    for (char **word = edit->apply; word && *word; word++)
        template_foreach(*word, look_for, &search);
    return search.missing;
}

void binding_finish_edit(const BindingReader *reader, BindingEdit *edit)
{
    if (!edit->when->len)
        binding_report_group(reader, "Edit", edit->name, edit->line,
                             "When= does not say for which setting");
    const char *problem = edit->lens ? find_tree_problem(edit) : find_other_problem(edit);
    if (problem)
        binding_report_group(reader, "Edit", edit->name, edit->line, problem);
    if (edit->least > edit->most)
        binding_report_group(reader, "Edit", edit->name, edit->line, "Least= is above Most=");
    const char *missing = find_missing_setting(edit);
    if (missing) {
        g_autofree char *message = g_strdup_printf(
            "${%s} has a value only while it is locked: name it in When= too", missing);
        binding_report_group(reader, "Edit", edit->name, edit->line, message);
    }
}
