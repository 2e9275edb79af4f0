/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl: looks after secpold over D-Bus, and at policy documents without it. */
#include "ctl/completion.h"
#include "ctl/help.h"
#include "ctl/manager-client.h"
#include "ctl/pager.h"
#include "ctl/polkit-agent.h"
#include "daemon/config.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *line = terminal_escape(message);
    /* What was printed before the trouble comes first where both go to one place. */
    (void)fflush(stdout);
    fprintf(stderr, "secpolctl: %s\n", line);
}

ExitCode verb_failed(const GError *error)
{
    complain("%s", error->message);
    return g_error_matches(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_UNREACHABLE)
               ? EXIT_CODE_UNREACHABLE
               : EXIT_CODE_FAILED;
}

ExitCode verb_misused(const GError *error)
{
    complain("%s", error->message);
    return EXIT_CODE_USAGE;
}

static void complain_unknown_verb(const char *name)
{
    if (*name == '\0') {
        complain("the verb is an empty word; is a variable of a script not set?");
        return;
    }
    g_autofree char *hint = verb_hint(name);
    complain("there is no verb %s%s", name, hint);
}

/* GLib's own message is in the caller's language and knows no near miss. */
static void complain_unparsed(char *const *words, const GError *error)
{
    const char *word = NULL;
    g_autofree char *hint = verb_option_hint(words, &word);
    if (hint && g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)) {
        complain("there is no option %s%s", word, *hint ? hint : "; secpolctl --help lists them");
    } else {
        complain("%s; see secpolctl --help", error->message);
    }
}

static gboolean parse_command_line(char ***words, VerbOptions *options, char ***ret_arguments)
{
    const GOptionEntry entries[] = {
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, ret_arguments, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) original = g_strdupv(*words);
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    verb_options_add(context, options);
    if (!g_option_context_parse_strv(context, words, &error)) {
        complain_unparsed(original + 1, error);
        return FALSE;
    }
    return TRUE;
}

static const char *describe_argument(VerbArgument kind)
{
    static const char *const descriptions[] = {
        [VERB_ARGUMENT_NONE] = "",
        [VERB_ARGUMENT_FILE] = "a policy document",
        [VERB_ARGUMENT_ITEM] = "an item such as RestrictLpdPort",
        [VERB_ARGUMENT_SETTING] = "a setting such as SmtpReception",
        [VERB_ARGUMENT_ITEM_OR_SETTING] = "an item such as RestrictLpdPort, or a setting",
        [VERB_ARGUMENT_GENERATION] = "a generation, as history lists them",
    };
    return descriptions[kind];
}

/* FALSE after a complaint where number or kind of @arguments, which may be NULL, does not fit. */
static gboolean check_arguments(const Verb *verb, char *const *arguments)
{
    guint n_arguments = arguments ? g_strv_length((char **)arguments) : 0;
    if (!verb->argument && n_arguments > 0) {
        complain("%s takes no argument; see secpolctl %s --help", verb->name, verb->name);
        return FALSE;
    }
    if (n_arguments > 1) {
        complain("%s takes one argument, %s, and here are %u; see secpolctl %s --help", verb->name,
                 verb->argument, n_arguments, verb->name);
        return FALSE;
    }
    if (n_arguments == 1 && *arguments[0] == '\0') {
        complain("%s is given an empty word for %s; is a variable of a script not set?", verb->name,
                 verb->argument);
        return FALSE;
    }
    if (n_arguments == 0 && verb->argument && verb->argument[0] != '[') {
        complain("%s needs %s, %s; see secpolctl %s --help", verb->name, verb->argument,
                 describe_argument(verb->kind), verb->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_options(const Verb *verb, const VerbOptions *options)
{
    const char *foreign = verb_options_find_foreign(options, verb->options | VERB_OPTIONS_GENERAL);
    if (foreign) {
        complain("%s does not take --%s; see secpolctl %s --help", verb->name, foreign, verb->name);
        return FALSE;
    }
    const char *host = options->values[VERB_OPTION_HOST];
    if (host && (verb->refused & VERB_OPTION_BIT(VERB_OPTION_HOST))) {
        complain("%s works on a file of this machine and asks no other; leave out --host",
                 verb->name);
        return FALSE;
    }
    if (options->values[VERB_OPTION_JSON] && (verb->refused & VERB_OPTION_BIT(VERB_OPTION_JSON))) {
        complain("%s gives a policy document, which is not JSON; leave out --json", verb->name);
        return FALSE;
    }
    if (host && (*host == '\0' || *host == '-')) {
        complain("--host takes USER@HOST");
        return FALSE;
    }
    return TRUE;
}

static gboolean fill_context(const VerbOptions *options, Context *ret_context)
{
    g_autoptr(GError) error = NULL;
    guint json;
    if (!verb_options_get_word(options, VERB_OPTION_JSON, JSON_FORMAT_OFF, &json, &error)) {
        complain("%s", error->message);
        return FALSE;
    }
    *ret_context = (Context){
        .host = options->values[VERB_OPTION_HOST],
        .json = (JsonFormat)json,
        .legend = !options->flags[VERB_OPTION_NO_LEGEND],
        .options = options,
    };
    terminal_detect(&ret_context->terminal);
    ret_context->terminal.full = options->flags[VERB_OPTION_FULL];
    return TRUE;
}

/* @arguments: the verb and its own; NULL where there is none. */
static ExitCode run_verb(const Verb *verb, const Context *context, char **arguments)
{
    guint n_arguments = arguments ? g_strv_length(arguments) : 0;
    const VerbOptions *options = context->options;
    if (options->flags[VERB_OPTION_HELP]) {
        n_arguments > 0 ? help_print_verb(&context->terminal, verb)
                        : help_print(&context->terminal);
        return EXIT_CODE_OK;
    }
    if (options->flags[VERB_OPTION_VERSION]) {
        puts("secpolctl " SECPOLD_VERSION);
        return EXIT_CODE_OK;
    }
    if (!check_arguments(verb, n_arguments > 0 ? arguments + 1 : NULL) ||
        !check_options(verb, options)) {
        return EXIT_CODE_USAGE;
    }
    return verb->run(context, n_arguments > 1 ? arguments[1] : NULL);
}

static ExitCode run(const VerbOptions *options, char **arguments)
{
    const char *name = arguments ? arguments[0] : "status";
    const Verb *verb = verb_find(name);
    Context context;
    if (!verb) {
        complain_unknown_verb(name);
        return EXIT_CODE_USAGE;
    }
    if (!fill_context(options, &context)) {
        return EXIT_CODE_USAGE;
    }
    if (!options->flags[VERB_OPTION_NO_PAGER] && !options->flags[VERB_OPTION_VERSION] &&
        (verb->paged || options->flags[VERB_OPTION_HELP])) {
        pager_open();
    }
    return run_verb(verb, &context, arguments);
}

/* A full disk must not look like a success. */
static ExitCode finish(ExitCode code)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("cannot write the output: %s", g_strerror(errno));
        code = code == EXIT_CODE_OK ? EXIT_CODE_FAILED : code;
    }
    pager_close();
    return code;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    if (argc > 1 && strcmp(argv[1], COMPLETION_OPTION) == 0) {
        completion_print(argv + 2);
        return (int)finish(EXIT_CODE_OK);
    }
    VerbOptions options = {};
    g_auto(GStrv) arguments = NULL;
    g_auto(GStrv) words = verb_options_unglue(argv);
    ExitCode code = EXIT_CODE_USAGE;
    if (parse_command_line(&words, &options, &arguments)) {
        code = run(&options, arguments);
    }
    polkit_agent_close();
    code = finish(code);
    verb_options_clear(&options);
    return (int)code;
}
