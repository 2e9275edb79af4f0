/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verb-option.h"

#include "ctl/time-span.h"

#include <stdio.h>
#include <string.h>

#define USAGE_WIDTH 21

G_DEFINE_QUARK(secpolctl_verb_option_error, verb_option_error)

static const struct {
    const char *name;
    char letter;       /* NUL: none */
    const char *value; /* NULL: a flag */
    const char *help;
} verb_options[] = {
    [VERB_OPTION_CONFIRM] = {"confirm", '\0', "TIME", "take it back unless confirmed within TIME"},
    [VERB_OPTION_CURRENT_PASSWORD_FILE] = {"current-password-file", '\0', "F",
                                           "the device's password, where it changes"},
    [VERB_OPTION_FORCE] = {"force", '\0', NULL, "import even if that cuts your way to the device"},
    [VERB_OPTION_GENERATION] = {"generation", '\0', "N",
                                "a policy kept on the device; see history"},
    [VERB_OPTION_LIKE] = {"like", '\0', "PREVIOUS",
                          "keep the salt of a document with this password"},
    [VERB_OPTION_OUTPUT] = {"output", 'o', "OUT",
                            "write to this file instead; - is standard output"},
    [VERB_OPTION_PASSWORD_FILE] = {"password-file", '\0', "F",
                                   "take the password from this file's first line"},
    [VERB_OPTION_SIGNATURE] = {"signature", '\0', "F", "the signature file (FILE.minisig)"},
    [VERB_OPTION_TIMEOUT] = {"timeout", '\0', "TIME", "how long --wait waits (60s)"},
    [VERB_OPTION_TRUSTED_KEYS] = {"trusted-keys", '\0', "DIR", "public keys to accept"},
    [VERB_OPTION_WAIT] = {"wait", '\0', NULL, "return when nothing is pending any more"},
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
            .arg = verb_options[i].value ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_NONE,
        };
        if (verb_options[i].value) {
            entries[i].arg_data = &options->values[i];
        } else {
            entries[i].arg_data = &options->flags[i];
        }
    }
    g_option_context_add_main_entries(context, entries, NULL);
}

gboolean verb_option_parse_generation(const char *text, guint64 *ret_generation, GError **error)
{
    guint64 generation;
    if (!g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT64, &generation, NULL)) {
        g_set_error(error, VERB_OPTION_ERROR, VERB_OPTION_ERROR_VALUE,
                    "a generation is a number from 1, as secpolctl history lists them, not \"%s\"",
                    text);
        return FALSE;
    }
    *ret_generation = generation;
    return TRUE;
}

gboolean verb_options_get_generation(const VerbOptions *options, guint64 *ret_generation,
                                     GError **error)
{
    const char *text = options->values[VERB_OPTION_GENERATION];
    if (text) {
        return verb_option_parse_generation(text, ret_generation, error);
    }
    *ret_generation = 0;
    return TRUE;
}

gboolean verb_options_get_seconds(const VerbOptions *options, VerbOption option, guint otherwise,
                                  guint *ret_seconds, GError **error)
{
    const char *text = options->values[option];
    guint seconds = otherwise;
    g_autoptr(GError) local = NULL;
    if (text && !time_span_parse(text, &seconds, &local)) {
        g_set_error(error, VERB_OPTION_ERROR, VERB_OPTION_ERROR_VALUE, "--%s takes %s",
                    verb_options[option].name, local->message);
        return FALSE;
    }
    *ret_seconds = seconds;
    return TRUE;
}

const char *verb_options_find_foreign(const VerbOptions *options, guint set)
{
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        if ((options->values[i] || options->flags[i]) && !(set & VERB_OPTION_BIT(i))) {
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
        const char *value = verb_options[i].value;
        g_autofree char *usage = g_strdup_printf("%-3s --%s%s%s", letter, verb_options[i].name,
                                                 value ? "=" : "", value ? value : "");
        /* The help of a long option stands below it. */
        if (strlen(usage) > USAGE_WIDTH) {
            printf("  %s\n  %*s  %s\n", usage, USAGE_WIDTH, "", verb_options[i].help);
        } else {
            printf("  %-*s  %s\n", USAGE_WIDTH, usage, verb_options[i].help);
        }
    }
}
