/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verb-option.h"

#include <stdio.h>

static const struct {
    const char *name;
    char letter; /* NUL: none */
    const char *value;
    const char *help;
} verb_options[] = {
    [VERB_OPTION_LIKE] = {"like", '\0', "PREVIOUS",
                          "keep the salt of a document with this password"},
    [VERB_OPTION_OUTPUT] = {"output", 'o', "OUT",
                            "write to this file instead; - is standard output"},
    [VERB_OPTION_PASSWORD_FILE] = {"password-file", '\0', "F",
                                   "take the password from this file's first line"},
    [VERB_OPTION_SIGNATURE] = {"signature", '\0', "F", "the signature file (FILE.minisig)"},
    [VERB_OPTION_TRUSTED_KEYS] = {"trusted-keys", '\0', "DIR", "public keys to accept"},
};
G_STATIC_ASSERT(G_N_ELEMENTS(verb_options) == N_VERB_OPTIONS);

void verb_options_clear(VerbOptions *options)
{
    for (gsize i = 0; i < N_VERB_OPTIONS; i++) {
        g_clear_pointer(&options->values[i], g_free);
    }
}

void verb_options_add(GOptionContext *context, VerbOptions *options)
{
    GOptionEntry entries[N_VERB_OPTIONS + 1] = {};
    for (gsize i = 0; i < N_VERB_OPTIONS; i++) {
        entries[i] = (GOptionEntry){
            .long_name = verb_options[i].name,
            .short_name = verb_options[i].letter,
            .arg = G_OPTION_ARG_FILENAME,
            .arg_data = &options->values[i],
        };
    }
    g_option_context_add_main_entries(context, entries, NULL);
}

const char *verb_options_find_foreign(const VerbOptions *options, guint set)
{
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        if (options->values[i] && !(set & VERB_OPTION_BIT(i))) {
            return verb_options[i].name;
        }
    }
    return NULL;
}

void verb_options_print_help(guint set)
{
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        if (!(set & VERB_OPTION_BIT(i))) {
            continue;
        }
        g_autofree char *letter =
            verb_options[i].letter ? g_strdup_printf("-%c,", verb_options[i].letter) : g_strdup("");
        g_autofree char *usage =
            g_strdup_printf("%-3s --%s=%s", letter, verb_options[i].name, verb_options[i].value);
        printf("  %-21s  %s\n", usage, verb_options[i].help);
    }
}
