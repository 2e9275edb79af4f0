/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl new: a policy with every item, each explained and off. */
#include "ctl/file-output.h"
#include "ctl/policy-template.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>

/* Never over a policy that somebody has edited. */
static ExitCode write_file(const Context *context, const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    if (!file_output_new(path, text, strlen(text), &error)) {
        if (!g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_EXIST)) {
            return verb_failed(error);
        }
        complain("%s exists already and is left as it is; name another file", path);
        return EXIT_CODE_FAILED;
    }
    if (context->legend) {
        g_autofree char *name = terminal_escape(path);
        printf("%s: a policy that asks for nothing yet; edit it, then: secpolctl check %s\n", name,
               name);
    }
    return EXIT_CODE_OK;
}

ExitCode verb_new(const Context *context, const char *argument)
{
    g_autofree char *text = policy_template();
    if (argument && strcmp(argument, "-") != 0) {
        return write_file(context, argument, text);
    }
    fputs(text, stdout);
    return EXIT_CODE_OK;
}
