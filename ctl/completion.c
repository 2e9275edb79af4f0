/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/completion.h"

#include "ctl/verb-table.h"

#include "daemon/policy/catalog.h"

#include <stdio.h>
#include <string.h>

/* Text goes through terminal_escape() nowhere here: all of it is the program's own. */
static void offer(const char *word, const char *start, const char *meaning)
{
    if (g_str_has_prefix(word, start)) {
        printf("%s\t%s\n", word, meaning);
    }
}

/* Who types a key in small letters is offered it as it is written. */
static void offer_key(const char *key, const char *start, const char *meaning)
{
    if (g_ascii_strncasecmp(key, start, strlen(start)) == 0) {
        printf("%s\t%s\n", key, meaning);
    }
}

static void offer_items(const char *start)
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        offer_key(catalog_items[i].key, start, catalog_items[i].label);
    }
}

static void offer_settings(const char *start)
{
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++) {
        offer_key(catalog_settings[i].name, start, catalog_settings[i].label);
    }
}

static void offer_verbs(const char *start)
{
    for (gsize i = 0; i < verb_table_length; i++) {
        offer(verb_table[i].name, start, verb_table[i].summary);
    }
}

/* @verb: NULL where none has been typed yet. */
static void offer_options(const Verb *verb, const char *start)
{
    guint set = verb ? verb_takes(verb) : VERB_OPTIONS_GENERAL;
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        const VerbOptionInfo *info = &verb_option_infos[i];
        if ((set & VERB_OPTION_BIT(i)) != 0) {
            g_autofree char *word = g_strconcat("--", info->name, info->value ? "=" : "", NULL);
            offer(word, start, info->help);
        }
    }
}

static void offer_values(const VerbOptionInfo *info, const char *start)
{
    switch (info->kind) {
    case OPTION_VALUE_FILE:
        puts(":files");
        break;
    case OPTION_VALUE_DIRECTORY:
        puts(":directories");
        break;
    case OPTION_VALUE_HOST:
        puts(":hosts");
        break;
    case OPTION_VALUE_WORD:
        for (gsize i = 0; info->words[i]; i++) {
            offer(info->words[i], start, info->help);
        }
        break;
    case OPTION_VALUE_NONE:
    case OPTION_VALUE_FREE:
        break;
    }
}

static void offer_arguments(const Verb *verb, const char *start)
{
    switch (verb->kind) {
    case VERB_ARGUMENT_FILE:
        puts(":files");
        break;
    case VERB_ARGUMENT_ITEM:
        offer_items(start);
        break;
    case VERB_ARGUMENT_SETTING:
        offer_settings(start);
        break;
    case VERB_ARGUMENT_ITEM_OR_SETTING:
        offer_items(start);
        offer_settings(start);
        break;
    case VERB_ARGUMENT_NONE:
    case VERB_ARGUMENT_GENERATION:
        break;
    }
}

/* The option whose value @word is, standing apart from it; NULL where it stands for itself. */
static const VerbOptionInfo *option_before(char *const *words, gsize index)
{
    const VerbOptionInfo *info =
        index > 0 && !strchr(words[index - 1], '=') ? verb_option_find(words[index - 1]) : NULL;
    return info && info->value ? info : NULL;
}

/* The verb among the words before @end, and how many arguments follow it. */
static const Verb *find_typed_verb(char *const *words, gsize end, guint *ret_arguments)
{
    const Verb *verb = NULL;
    *ret_arguments = 0;
    for (gsize i = 0; i < end; i++) {
        if (words[i][0] == '-' || option_before(words, i)) {
            continue;
        }
        if (verb) {
            (*ret_arguments)++;
        } else {
            verb = verb_find(words[i]);
        }
    }
    return verb;
}

void completion_print(char *const *words)
{
    gsize count = g_strv_length((char **)words);
    gsize last = count > 0 ? count - 1 : 0;
    const char *word = count > 0 ? words[last] : "";
    const char *value = g_str_has_prefix(word, "--") ? strchr(word, '=') : NULL;
    const VerbOptionInfo *before = option_before(words, last);
    const VerbOptionInfo *info = value ? verb_option_find(word) : NULL;
    guint n_arguments;
    const Verb *verb = find_typed_verb(words, last, &n_arguments);
    if (before) {
        offer_values(before, word);
    } else if (value) {
        if (info) {
            offer_values(info, value + 1);
        }
    } else if (word[0] == '-') {
        offer_options(verb, word);
    } else if (!verb) {
        offer_verbs(word);
    } else if (n_arguments == 0) {
        offer_arguments(verb, word);
    }
}
