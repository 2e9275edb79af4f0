/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the programs that bindings name. */
#pragma once

#include <glib.h>

/* A program that runs longer is ended: one that answers a question, and one that does something,
 * which may be to start a unit; systemd itself waits so long for that. */
#define COMMAND_MAX_SEC      20
#define COMMAND_DEED_MAX_SEC 90
/* Of longer output the rest is not kept. */
#define COMMAND_MAX_BYTES 65536

typedef struct CommandCall {
    const char *const *words;
    const char *input;     /* standard input; NULL: nothing */
    gboolean drops_errors; /* of standard error nothing is kept; else it stands among the output */
    guint seconds;         /* it may run so long; 0: COMMAND_MAX_SEC */
} CommandCall;

typedef struct CommandResult {
    char *output; /* as it came; valid UTF-8 */
    int status;   /* exit status; 128 and the signal's number where one ended it */
    gboolean cut; /* there was more output than is kept */
} CommandResult;

void command_result_clear(CommandResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CommandResult, command_result_clear)

/* Runs the program in the C locale and waits for it. G_FILE_ERROR where it cannot be run or takes
 * too long, whether it writes meanwhile or not; a status other than 0 is no error. */
gboolean command_run(const CommandCall *call, CommandResult *ret_result, GError **error);
