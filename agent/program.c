/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/program.h"

#include "agent/command.h"

static char *explain(const char *const *words, int status)
{
    if (status == 0)
        return NULL;
    return g_strdup_printf("%s ended with status %d; run it by hand to see why", words[0], status);
}

char *program_run(const char *const *words, const char *input)
{
    g_auto(CommandResult) result = {0};
    g_autoptr(GError) error = NULL;
    const CommandCall call = {
        .words = words, .input = input, .drops_errors = TRUE, .seconds = COMMAND_DEED_MAX_SEC};
    if (!command_run(&call, &result, &error))
        return g_strdup(error->message);
    return explain(words, result.status);
}

char *program_ask(const char *const *words, char **ret_output)
{
    g_auto(CommandResult) result = {0};
    g_autoptr(GError) error = NULL;
    const CommandCall call = {.words = words, .drops_errors = TRUE};
    if (!command_run(&call, &result, &error))
        return g_strdup(error->message);
    if (result.cut)
        return g_strdup_printf("%s prints more than %d bytes", words[0], COMMAND_MAX_BYTES);
    if (result.status == 0)
        *ret_output = g_steal_pointer(&result.output);
    return explain(words, result.status);
}
