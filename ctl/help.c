/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/help.h"

#include "ctl/table.h"

#include <stdio.h>

#define INDENT 2
/* Longer lines are hard to follow. */
#define MAXIMUM_WIDTH 80

static const char *const group_titles[] = {
    [VERB_GROUP_VIEW] = "Viewing a device",
    [VERB_GROUP_CHANGE] = "Its policy",
    [VERB_GROUP_DOCUMENT] = "Policy documents, without any secpold",
};
G_STATIC_ASSERT(G_N_ELEMENTS(group_titles) == VERB_GROUP_LAST + 1);

static Table *help_table_new(void)
{
    static const char *const columns[] = {"", "", NULL};
    Table *table = table_new(columns, TABLE_WRAP);
    /* Half the name of an option is none. */
    table_keep_whole(table, 0);
    return table;
}

static void add_line(Table *table, const char *usage, const char *help)
{
    table_add_row(table, INDENT);
    table_add_cell(table, COLOR_NONE, usage);
    table_add_cell(table, COLOR_NONE, help);
}

static void add_title(Table *table, const char *title, gboolean first)
{
    g_autofree char *text = g_strconcat(title, ":", NULL);
    if (!first) {
        table_add_heading(table, 0, COLOR_NONE, "");
    }
    table_add_heading(table, 0, COLOR_UNDERLINE, text);
}

static void add_options(Table *table, guint set, gboolean first)
{
    add_title(table, "Options", first);
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        const VerbOptionInfo *info = &verb_option_infos[i];
        if (!(set & VERB_OPTION_BIT(i))) {
            continue;
        }
        g_autofree char *letter =
            info->letter ? g_strdup_printf("-%c,", info->letter) : g_strdup("");
        g_autofree char *usage =
            g_strdup_printf("%3s --%s%s%s", letter, info->name, info->value ? "=" : "",
                            info->value ? info->value : "");
        add_line(table, usage, info->help);
    }
}

static void add_verbs(Table *table)
{
    for (gsize i = 0; i < verb_table_length; i++) {
        const Verb *verb = &verb_table[i];
        if (i == 0 || verb_table[i - 1].group != verb->group) {
            add_title(table, group_titles[verb->group], i == 0);
        }
        g_autofree char *usage = g_strjoin(" ", verb->name, verb->argument, NULL);
        add_line(table, usage, verb->summary);
    }
}

static void print_paragraph(const Terminal *terminal, const char *text)
{
    static const char *const columns[] = {"", NULL};
    g_autoptr(Table) table = table_new(columns, TABLE_WRAP);
    table_add_row(table, 0);
    table_add_cell(table, COLOR_NONE, text);
    table_print(table, terminal, FALSE);
}

/* Help is read by people, in a file too. */
static Terminal readable(const Terminal *terminal)
{
    Terminal copy = *terminal;
    copy.width = terminal->width > 0 ? MIN(terminal->width, MAXIMUM_WIDTH) : MAXIMUM_WIDTH;
    return copy;
}

static void print_lines(const Terminal *terminal, const Table *table)
{
    table_print(table, terminal, FALSE);
    puts("");
    print_paragraph(terminal, "Exit codes: 0 success, 1 failure or not compliant, 2 wrong command "
                              "line, 3 no answer from secpold. See secpolctl(1).");
}

void help_print(const Terminal *terminal)
{
    const Terminal page = readable(terminal);
    g_autoptr(Table) table = help_table_new();
    puts("secpolctl [OPTIONS...] [VERB]\n");
    print_paragraph(&page, "Look at the printer security policy, put it in force, and see how the "
                           "device keeps it.");
    puts("");
    add_verbs(table);
    add_options(table, VERB_OPTIONS_GENERAL, FALSE);
    print_lines(&page, table);
}

void help_print_verb(const Terminal *terminal, const Verb *verb)
{
    const Terminal page = readable(terminal);
    g_autoptr(Table) table = help_table_new();
    g_autofree char *usage = g_strjoin(" ", verb->name, verb->argument, NULL);
    g_autofree char *summary = g_strconcat(verb->summary, ".", NULL);
    printf("secpolctl [OPTIONS...] %s\n\n", usage);
    print_paragraph(&page, summary);
    puts("");
    print_paragraph(&page, verb->help);
    puts("");
    add_options(table, verb_takes(verb), TRUE);
    print_lines(&page, table);
}
