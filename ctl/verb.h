/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every verb of secpolctl gets and gives back. */
#pragma once

#include "ctl/json-output.h"
#include "ctl/terminal.h"
#include "ctl/verb-option.h"

typedef enum ExitCode {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,      /* also: diagnostics of errors, not compliant */
    EXIT_CODE_USAGE = 2,       /* the command line makes no sense */
    EXIT_CODE_UNREACHABLE = 3, /* secpold cannot be asked */
} ExitCode;

typedef struct Context {
    const char *host; /* USER@HOST, or NULL: this machine */
    JsonFormat json;
    gboolean legend; /* headers and closing lines */
    Terminal terminal;
    const VerbOptions *options; /* only those that the verb takes are set */
} Context;

/* Runs a verb with its argument, NULL where none was given. */
typedef ExitCode (*VerbRun)(const Context *context, const char *argument);

ExitCode verb_status(const Context *context, const char *argument);
ExitCode verb_show(const Context *context, const char *argument);
ExitCode verb_explain(const Context *context, const char *argument);
ExitCode verb_blocked(const Context *context, const char *argument);
ExitCode verb_report(const Context *context, const char *argument);
ExitCode verb_settings(const Context *context, const char *argument);
ExitCode verb_new(const Context *context, const char *argument);
ExitCode verb_check(const Context *context, const char *argument);
ExitCode verb_seal(const Context *context, const char *argument);
ExitCode verb_diff(const Context *context, const char *argument);
ExitCode verb_import(const Context *context, const char *argument);
ExitCode verb_export(const Context *context, const char *argument);
ExitCode verb_confirm(const Context *context, const char *argument);
ExitCode verb_revert(const Context *context, const char *argument);
ExitCode verb_history(const Context *context, const char *argument);
ExitCode verb_verify(const Context *context, const char *argument);
ExitCode verb_monitor(const Context *context, const char *argument);
ExitCode verb_is_compliant(const Context *context, const char *argument);

/* All about one item; verb_show() with an argument. */
ExitCode show_item(const Context *context, const char *key);

/* The values that a stored policy asks for; of one item where @key is not NULL. verb_show() with
 * --generation. */
ExitCode show_generation(const Context *context, guint64 generation, const char *key);

/* Says to standard error what went wrong, and with which exit code to end. */
ExitCode verb_failed(const GError *error);

/* The same for a value of an option that makes no sense. */
ExitCode verb_misused(const GError *error);

/* The same for a sentence of the verb's own, as in printf(). */
void complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
