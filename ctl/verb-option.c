/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/verb-option.h"

#include "ctl/time-span.h"

#include "daemon/policy/nearest.h"

#include <string.h>

G_DEFINE_QUARK(secpolctl_verb_option_error, verb_option_error)

/* A row of the table below. */
#define FLAG(name, letter, help)                                                                   \
    {                                                                                              \
        (name), (letter), NULL, OPTION_VALUE_NONE, {NULL}, (help)                                  \
    }
#define VALUE(name, letter, value, kind, help)                                                     \
    {                                                                                              \
        (name), (letter), (value), (kind), {NULL}, (help)                                          \
    }
#define WORDS(name, value, help, ...)                                                              \
    {                                                                                              \
        (name), '\0', (value), OPTION_VALUE_WORD, {__VA_ARGS__, NULL}, (help)                      \
    }

const VerbOptionInfo verb_option_infos[N_VERB_OPTIONS] = {
    [VERB_OPTION_CONFIRM] = VALUE("confirm", '\0', "TIME", OPTION_VALUE_FREE,
                                  "Take it back unless confirmed within TIME"),
    [VERB_OPTION_CURRENT_PASSWORD_FILE] =
        VALUE("current-password-file", '\0', "F", OPTION_VALUE_FILE,
              "The device's password, where it changes"),
    [VERB_OPTION_FORCE] = FLAG("force", '\0', "Import even if that cuts your way to the device"),
    [VERB_OPTION_FORMAT] =
        WORDS("format", "FORMAT", "Write text, json or html", "text", "json", "html"),
    [VERB_OPTION_GENERATION] = VALUE("generation", '\0', "N", OPTION_VALUE_FREE,
                                     "A policy kept on the device; see history"),
    [VERB_OPTION_LIKE] = VALUE("like", '\0', "PREVIOUS", OPTION_VALUE_FILE,
                               "Keep the salt of a document with this password"),
    [VERB_OPTION_OUTPUT] = VALUE("output", 'o', "OUT", OPTION_VALUE_FILE,
                                 "Write to this file instead; - is standard output"),
    [VERB_OPTION_PASSWORD_FILE] = VALUE("password-file", '\0', "F", OPTION_VALUE_FILE,
                                        "Take the password from this file's first line"),
    [VERB_OPTION_SIGNATURE] =
        VALUE("signature", '\0', "F", OPTION_VALUE_FILE, "The signature file (FILE.minisig)"),
    [VERB_OPTION_TIMEOUT] =
        VALUE("timeout", '\0', "TIME", OPTION_VALUE_FREE, "How long --wait waits (60s)"),
    [VERB_OPTION_TRUSTED_KEYS] =
        VALUE("trusted-keys", '\0', "DIR", OPTION_VALUE_DIRECTORY, "Public keys to accept"),
    [VERB_OPTION_WAIT] = FLAG("wait", '\0', "Return when nothing is pending any more"),
    [VERB_OPTION_HOST] = VALUE("host", 'H', "USER@HOST", OPTION_VALUE_HOST,
                               "Ask the secpold of another machine, over SSH"),
    [VERB_OPTION_FULL] = FLAG("full", 'l', "Do not cut columns to the terminal's width"),
    [VERB_OPTION_JSON] = WORDS("json", "FORMAT", "Print JSON: short (one line), pretty, or off",
                               "off", "short", "pretty"),
    [VERB_OPTION_NO_LEGEND] = FLAG("no-legend", '\0', "Print neither headers nor closing lines"),
    [VERB_OPTION_NO_PAGER] = FLAG("no-pager", '\0', "Do not pipe the output into a pager"),
    [VERB_OPTION_HELP] = FLAG("help", 'h', "Print this; after a verb: about that verb"),
    [VERB_OPTION_VERSION] = FLAG("version", '\0', "Print the version"),
};

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
        const VerbOptionInfo *info = &verb_option_infos[i];
        entries[i] = (GOptionEntry){
            .long_name = info->name,
            .short_name = info->letter,
            .arg = info->value ? G_OPTION_ARG_FILENAME : G_OPTION_ARG_NONE,
        };
        if (info->value) {
            entries[i].arg_data = &options->values[i];
        } else {
            entries[i].arg_data = &options->flags[i];
        }
    }
    g_option_context_add_main_entries(context, entries, NULL);
}

static gboolean is_named(const VerbOptionInfo *info, const char *word)
{
    if (word[0] != '-' || word[1] == '\0') {
        return FALSE;
    }
    if (word[1] != '-') {
        return word[1] == info->letter && word[2] == '\0';
    }
    gsize length = strcspn(word + 2, "=");
    return length == strlen(info->name) && strncmp(word + 2, info->name, length) == 0;
}

const VerbOptionInfo *verb_option_find(const char *word)
{
    for (gsize i = 0; i < N_VERB_OPTIONS; i++) {
        if (is_named(&verb_option_infos[i], word)) {
            return &verb_option_infos[i];
        }
    }
    return NULL;
}

/* The option with a value whose letter @word begins with, "-Hroot@mfp"; NULL for any other word. */
static const VerbOptionInfo *find_glued(const char *word)
{
    if (word[0] != '-' || word[1] == '\0' || word[1] == '-' || word[2] == '\0') {
        return NULL;
    }
    const char letter[] = {'-', word[1], '\0'};
    const VerbOptionInfo *info = verb_option_find(letter);
    return info && info->value ? info : NULL;
}

char **verb_options_unglue(char *const *words)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    gboolean is_value = FALSE;
    gboolean ended = FALSE;
    for (; *words; words++) {
        ended |= !is_value && strcmp(*words, "--") == 0;
        const VerbOptionInfo *glued = is_value || ended ? NULL : find_glued(*words);
        if (glued) {
            const char letter[] = {'-', glued->letter, '\0'};
            g_strv_builder_add_many(builder, letter, *words + 2, NULL);
        } else {
            g_strv_builder_add(builder, *words);
        }
        const VerbOptionInfo *named = is_value || ended ? NULL : verb_option_find(*words);
        is_value = named && named->value && !strchr(*words, '=');
    }
    return g_strv_builder_end(builder);
}

char *verb_option_hint(char *const *words, const char **ret_word)
{
    while (*words && (!g_str_has_prefix(*words, "--") || verb_option_find(*words))) {
        words++;
    }
    if (!*words) {
        return NULL;
    }
    g_autofree char *bare = g_strndup(*words, strcspn(*words, "="));
    Nearest nearest;
    nearest_init(&nearest, bare + strlen("--"));
    for (gsize i = 0; i < N_VERB_OPTIONS; i++) {
        nearest_offer(&nearest, verb_option_infos[i].name);
    }
    *ret_word = *words;
    return nearest.best ? g_strdup_printf("; did you mean --%s?", nearest.best) : g_strdup("");
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
                    verb_option_infos[option].name, local->message);
        return FALSE;
    }
    *ret_seconds = seconds;
    return TRUE;
}

gboolean verb_options_get_word(const VerbOptions *options, VerbOption option, guint otherwise,
                               guint *ret_word, GError **error)
{
    const char *text = options->values[option];
    const char *const *words = verb_option_infos[option].words;
    if (!text) {
        *ret_word = otherwise;
        return TRUE;
    }
    for (guint i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_word = i;
            return TRUE;
        }
    }
    g_set_error(error, VERB_OPTION_ERROR, VERB_OPTION_ERROR_VALUE,
                "--%s takes %s, %s or %s, not \"%s\"", verb_option_infos[option].name, words[0],
                words[1], words[2], text);
    return FALSE;
}

const char *verb_options_find_foreign(const VerbOptions *options, guint set)
{
    for (guint i = 0; i < N_VERB_OPTIONS; i++) {
        if ((options->values[i] || options->flags[i]) && !(set & VERB_OPTION_BIT(i))) {
            return verb_option_infos[i].name;
        }
    }
    return NULL;
}
