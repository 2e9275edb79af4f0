/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that only some verbs take. */
#pragma once

#include <glib.h>

typedef enum VerbOption {
    VERB_OPTION_LIKE,
    VERB_OPTION_OUTPUT,
    VERB_OPTION_PASSWORD_FILE,
    VERB_OPTION_SIGNATURE,
    VERB_OPTION_TRUSTED_KEYS,
    N_VERB_OPTIONS,
} VerbOption;

/* In the set of a verb's options. */
#define VERB_OPTION_BIT(option) (1U << (option))

/* Values by VerbOption, NULL where the option was not given. */
typedef struct VerbOptions {
    char *values[N_VERB_OPTIONS];
} VerbOptions;

void verb_options_clear(VerbOptions *options);

/* Adds all of them to what the command line may hold; @options is filled when it is parsed. */
void verb_options_add(GOptionContext *context, VerbOptions *options);

/* The name of an option that was given and is not in @set; NULL where there is none. */
const char *verb_options_find_foreign(const VerbOptions *options, guint set);

/* Prints a line of help for each option in @set. */
void verb_options_print_help(guint set);
