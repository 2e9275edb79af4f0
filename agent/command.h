/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the programs that bindings name. */
#pragma once

#include <glib.h>

/* A program that runs longer is ended. */
#define COMMAND_MAX_SEC 20
/* Of longer output the rest is not kept. */
#define COMMAND_MAX_BYTES 65536

typedef struct CommandResult {
    char *output; /* standard output and error as they came; valid UTF-8 */
    int status;   /* exit status; 128 and the signal's number where one ended it */
} CommandResult;

void command_result_clear(CommandResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CommandResult, command_result_clear)

/* What becomes of what the program writes to its standard error. */
typedef enum CommandErrors {
    COMMAND_KEEPS_ERRORS, /* it stands among the output */
    COMMAND_DROPS_ERRORS,
} CommandErrors;

/* Runs the program in the C locale with @input (NULL: nothing) as its standard input, and waits for
 * it. G_FILE_ERROR where it cannot be run or takes too long; a status other than 0 is no error. */
gboolean command_run(const char *const *words, const char *input, CommandErrors errors,
                     CommandResult *ret_result, GError **error);
