/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that only some verbs take. */
#pragma once

#include <glib.h>

typedef enum VerbOption {
    VERB_OPTION_CONFIRM,
    VERB_OPTION_CURRENT_PASSWORD_FILE,
    VERB_OPTION_FORCE,
    VERB_OPTION_GENERATION,
    VERB_OPTION_LIKE,
    VERB_OPTION_OUTPUT,
    VERB_OPTION_PASSWORD_FILE,
    VERB_OPTION_SIGNATURE,
    VERB_OPTION_TIMEOUT,
    VERB_OPTION_TRUSTED_KEYS,
    VERB_OPTION_WAIT,
    N_VERB_OPTIONS,
} VerbOption;

/* In the set of a verb's options. */
#define VERB_OPTION_BIT(option) (1U << (option))

/* By VerbOption. */
typedef struct VerbOptions {
    char *values[N_VERB_OPTIONS];   /* NULL where the option was not given */
    gboolean flags[N_VERB_OPTIONS]; /* options without a value: whether it was given */
} VerbOptions;

void verb_options_clear(VerbOptions *options);

/* Adds all of them to what the command line may hold; @options is filled when it is parsed. */
void verb_options_add(GOptionContext *context, VerbOptions *options);

/* The number of a generation, from 1; VERB_OPTION_ERROR_VALUE for anything else. */
gboolean verb_option_parse_generation(const char *text, guint64 *ret_generation, GError **error);

/* The value of --generation=, 0 where it was not given; errors as above. */
gboolean verb_options_get_generation(const VerbOptions *options, guint64 *ret_generation,
                                     GError **error);

/* The time span that an option holds, in seconds, and @otherwise where it was not given;
 * VERB_OPTION_ERROR_VALUE. */
gboolean verb_options_get_seconds(const VerbOptions *options, VerbOption option, guint otherwise,
                                  guint *ret_seconds, GError **error);

/* The name of an option that was given and is not in @set; NULL where there is none. */
const char *verb_options_find_foreign(const VerbOptions *options, guint set);

/* Prints a line of help for each option in @set. */
void verb_options_print_help(guint set);

#define VERB_OPTION_ERROR (verb_option_error_quark())
GQuark verb_option_error_quark(void);
typedef enum VerbOptionError {
    VERB_OPTION_ERROR_VALUE,
} VerbOptionError;
