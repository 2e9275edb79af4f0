/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the command line: those that every verb takes, and those that only some take. */
#pragma once

#include <glib.h>

typedef enum VerbOption {
    VERB_OPTION_CONFIRM,
    VERB_OPTION_CURRENT_PASSWORD_FILE,
    VERB_OPTION_FORCE,
    VERB_OPTION_FORMAT,
    VERB_OPTION_GENERATION,
    VERB_OPTION_LIKE,
    VERB_OPTION_OUTPUT,
    VERB_OPTION_PASSWORD_FILE,
    VERB_OPTION_SIGNATURE,
    VERB_OPTION_TIMEOUT,
    VERB_OPTION_TRUSTED_KEYS,
    VERB_OPTION_WAIT,
    VERB_OPTION_HOST,
    VERB_OPTION_FULL,
    VERB_OPTION_JSON,
    VERB_OPTION_NO_LEGEND,
    VERB_OPTION_NO_PAGER,
    VERB_OPTION_HELP,
    VERB_OPTION_VERSION,
    N_VERB_OPTIONS,
} VerbOption;

/* In the set of a verb's options. */
#define VERB_OPTION_BIT(option) (1U << (option))

/* Those that every verb takes. */
#define VERB_OPTIONS_GENERAL                                                                       \
    (VERB_OPTION_BIT(VERB_OPTION_HOST) | VERB_OPTION_BIT(VERB_OPTION_FULL) |                       \
     VERB_OPTION_BIT(VERB_OPTION_JSON) | VERB_OPTION_BIT(VERB_OPTION_NO_LEGEND) |                  \
     VERB_OPTION_BIT(VERB_OPTION_NO_PAGER) | VERB_OPTION_BIT(VERB_OPTION_HELP) |                   \
     VERB_OPTION_BIT(VERB_OPTION_VERSION))

/* What the value of an option is. */
typedef enum OptionValue {
    OPTION_VALUE_NONE, /* it has none */
    OPTION_VALUE_FILE,
    OPTION_VALUE_DIRECTORY,
    OPTION_VALUE_HOST,
    OPTION_VALUE_WORD, /* one of VerbOptionInfo.words */
    OPTION_VALUE_FREE, /* a number, a time span */
} OptionValue;

typedef struct VerbOptionInfo {
    const char *name;
    char letter;       /* NUL: none */
    const char *value; /* what the help calls its value; NULL where it has none */
    OptionValue kind;
    const char *words[4]; /* NULL-terminated; OPTION_VALUE_WORD only */
    const char *help;
} VerbOptionInfo;

/* By VerbOption. */
extern const VerbOptionInfo verb_option_infos[N_VERB_OPTIONS];

/* By VerbOption. */
typedef struct VerbOptions {
    char *values[N_VERB_OPTIONS];   /* NULL where the option was not given */
    gboolean flags[N_VERB_OPTIONS]; /* options without a value: whether it was given */
} VerbOptions;

void verb_options_clear(VerbOptions *options);

/* Adds all of them to what the command line may hold; @options is filled when it is parsed. */
void verb_options_add(GOptionContext *context, VerbOptions *options);

/* The option that @word, of the command line, names: "--json", "--json=short", "-H"; NULL where
 * there is none. */
const VerbOptionInfo *verb_option_find(const char *word);

/* The same words with "-Hroot@mfp" as two, "-H" and "root@mfp", which GOption does not take for
 * them. Free with g_strfreev(). */
char **verb_options_unglue(char *const *words);

/* "; did you mean --json?" for the first of the words that looks like an option and is none; ""
 * where nothing is near, NULL where all are known. Free with g_free(). */
char *verb_option_hint(char *const *words, const char **ret_word);

/* The number of a generation, from 1; VERB_OPTION_ERROR_VALUE for anything else. */
gboolean verb_option_parse_generation(const char *text, guint64 *ret_generation, GError **error);

/* The value of --generation=, 0 where it was not given; errors as above. */
gboolean verb_options_get_generation(const VerbOptions *options, guint64 *ret_generation,
                                     GError **error);

/* The time span that an option holds, in seconds, and @otherwise where it was not given;
 * VERB_OPTION_ERROR_VALUE. */
gboolean verb_options_get_seconds(const VerbOptions *options, VerbOption option, guint otherwise,
                                  guint *ret_seconds, GError **error);

/* The position in VerbOptionInfo.words of the value of @option, @otherwise where it was not given;
 * VERB_OPTION_ERROR_VALUE for another word. */
gboolean verb_options_get_word(const VerbOptions *options, VerbOption option, guint otherwise,
                               guint *ret_word, GError **error);

/* The name of an option that was given and is not in @set; NULL where there is none. */
const char *verb_options_find_foreign(const VerbOptions *options, guint set);

#define VERB_OPTION_ERROR (verb_option_error_quark())
GQuark verb_option_error_quark(void);
typedef enum VerbOptionError {
    VERB_OPTION_ERROR_VALUE,
} VerbOptionError;
