/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl: looks after secpold over D-Bus, and at policy documents without it. */
#include "ctl/manager-client.h"
#include "ctl/verb.h"
#include "daemon/config.h"

#include "daemon/policy/nearest.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct Verb {
    const char *name;
    const char *argument; /* "FILE", "[KEY]" where it may be left out, NULL for none */
    const char *summary;
    const char *help; /* more than the summary says; paragraphs */
    VerbRun run;
    guint options;    /* VERB_OPTION_BIT of each that it takes */
    gboolean offline; /* works on files of this machine and asks no secpold */
} Verb;

static const Verb verbs[] = {
    {"status", NULL, "How the device stands (this is what no verb means)",
     "Shows the policy in force, how many items are in which state, what is wrong with secpold\n"
     "itself, and every item that is pending or violated, with the reason.\n",
     verb_status, 0, FALSE},
    {"show", "[KEY]", "The policy's items with value and state, or all about one",
     "Lists all items by category and group. With a KEY it tells everything about that item: what\n"
     "it does and costs, its ports and how many packets it refused, its settings, and who "
     "verified\n"
     "it. Upper and lower case of KEY do not matter. With --generation= it shows what a policy\n"
     "kept on the device asks for.\n",
     verb_show, VERB_OPTION_BIT(VERB_OPTION_GENERATION), FALSE},
    {"settings", NULL, "The settings that items lock, and what agents report",
     "A setting is a value that other daemons of the device have to keep while an item locks it.\n",
     verb_settings, 0, FALSE},
    {"check", "FILE", "Check a policy document, its seal and signature; asks nobody",
     "Reports every error and warning as FILE:LINE: KEY: MESSAGE. A document with one error would\n"
     "be refused whole: exit code 1. With warnings alone it is 0. FILE may be - (standard input).\n"
     "A seal that does not fit is an error, and so is a signature, in FILE.minisig or where\n"
     "--signature= says, that does not fit or is by none of the trusted keys. Those are "
     "in\n" SECPOLD_SYSCONFDIR "/trusted-keys.d unless --trusted-keys= names another folder.\n",
     verb_check, VERB_OPTION_BIT(VERB_OPTION_SIGNATURE) | VERB_OPTION_BIT(VERB_OPTION_TRUSTED_KEYS),
     TRUE},
    {"seal", "FILE", "Seal a policy document with a password; asks nobody",
     "Replaces FILE by the document with a seal, or writes that to OUT. The password is asked for\n"
     "on the terminal, and must keep the document's own rules for passwords. With --like= it has\n"
     "to be the password of PREVIOUS; a device that holds PREVIOUS then accepts the new document\n"
     "without asking. FILE may be - (standard input).\n",
     verb_seal,
     VERB_OPTION_BIT(VERB_OPTION_LIKE) | VERB_OPTION_BIT(VERB_OPTION_OUTPUT) |
         VERB_OPTION_BIT(VERB_OPTION_PASSWORD_FILE),
     TRUE},
    {"import", "FILE", "Put a policy in force, and keep it",
     "Returns when the policy is on disk and the kernel was made to comply and read back, and\n"
     "shows the result. A policy that cuts the default route or your own SSH connection is\n"
     "refused without --confirm= or --force. Where the device holds another password than the\n"
     "one FILE is sealed with, both are asked for on the terminal, or taken from files. The\n"
     "signature is taken from FILE.minisig, where there is one. FILE may be - (standard input).\n"
     "TIME is 60s, 5min, 1h and the like, up to a day.\n",
     verb_import,
     VERB_OPTION_BIT(VERB_OPTION_CONFIRM) | VERB_OPTION_BIT(VERB_OPTION_CURRENT_PASSWORD_FILE) |
         VERB_OPTION_BIT(VERB_OPTION_FORCE) | VERB_OPTION_BIT(VERB_OPTION_PASSWORD_FILE) |
         VERB_OPTION_BIT(VERB_OPTION_SIGNATURE) | VERB_OPTION_BIT(VERB_OPTION_TIMEOUT) |
         VERB_OPTION_BIT(VERB_OPTION_WAIT),
     FALSE},
    {"export", NULL, "Write the policy in force, as it was imported",
     "The very bytes, to standard output or to OUT. A signature is written to OUT.minisig.\n",
     verb_export, VERB_OPTION_BIT(VERB_OPTION_GENERATION) | VERB_OPTION_BIT(VERB_OPTION_OUTPUT),
     FALSE},
    {"confirm", "[N]", "Keep a policy that was imported with --confirm=",
     "N is the generation; without it, the one that waits is kept.\n", verb_confirm, 0, FALSE},
    {"revert", NULL, "Go back to the policy before, while the present one is unconfirmed",
     "What was imported without --confirm=, or has been confirmed, stays.\n", verb_revert, 0,
     FALSE},
    {"history", NULL, "The imported policies that are kept",
     "Newest first: generation, serial, digest, whether it is in force or was confirmed, when and\n"
     "by whom it was imported, and who signed it.\n",
     verb_history, 0, FALSE},
    {"diff", "[FILE]", "What would change if a policy document were in force",
     "Tells for each item that differs its value now and then, and the consequences. On this\n"
     "machine it also names the processes that listen on ports about to close (as root: all of\n"
     "them), and warns where the default route or your own SSH connection would be cut.\n"
     "FILE may be - (standard input). With --generation= a policy kept on the device is\n"
     "compared.\n",
     verb_diff, VERB_OPTION_BIT(VERB_OPTION_GENERATION), FALSE},
    {"verify", NULL, "Read the machine back now, and repair it",
     "Returns when every item has been read back, and shows the result.\n", verb_verify, 0, FALSE},
    {"monitor", NULL, "Print changes as they happen, a line each",
     "Changes of items' and settings' states, violations, repairs, new policies, until "
     "interrupted.\n"
     "With --json, each line is an object.\n",
     verb_monitor, 0, FALSE},
    {"is-compliant", NULL, "Exit code 0 if every item asked for is in force",
     "Prints nothing then. Otherwise prints why in one line and ends with exit code 1: no policy,\n"
     "a problem of secpold's own, or pending or violated items. Partial items, whose detail says\n"
     "what is left open on purpose, count as compliant.\n",
     verb_is_compliant, 0, FALSE},
};

typedef struct Options {
    char *host;
    char *json;
    gboolean no_legend;
    gboolean version;
    gboolean help;
    char **arguments;
    VerbOptions verb;
} Options;

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

static const Verb *find_verb(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static void complain_unknown_verb(const char *name)
{
    Nearest nearest;
    nearest_init(&nearest, name);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        nearest_offer(&nearest, verbs[i].name);
    }
    g_autofree char *hint = nearest_to_hint(&nearest);
    complain("there is no verb %s%s", name, *hint ? hint : "; see secpolctl --help");
}

static void print_options(guint verb_options)
{
    fputs("\nOptions:\n", stdout);
    verb_options_print_help(verb_options);
    fputs("  -H, --host=USER@HOST   ask the secpold of another machine, over SSH\n"
          "      --json=FORMAT      print JSON: short (one line), pretty, or off\n"
          "      --no-legend        print neither headers nor closing lines\n"
          "  -h, --help             print this; after a verb: about that verb\n"
          "      --version          print the version\n"
          "\nSee secpolctl(1).\n",
          stdout);
}

static void print_help(void)
{
    fputs("secpolctl [OPTIONS...] [VERB]\n\n"
          "Look at the printer security policy, put it in force, and see how the device keeps "
          "it.\n\nVerbs:\n",
          stdout);
    for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *usage = g_strjoin(" ", verbs[i].name, verbs[i].argument, NULL);
        printf("  %-14s  %s\n", usage, verbs[i].summary);
    }
    print_options(0);
}

static void print_verb_help(const Verb *verb)
{
    g_autofree char *usage = g_strjoin(" ", verb->name, verb->argument, NULL);
    printf("secpolctl [OPTIONS...] %s\n\n%s.\n\n%s", usage, verb->summary, verb->help);
    print_options(verb->options);
}

static gboolean parse_command_line(int *argc, char ***argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"host", 'H', 0, G_OPTION_ARG_STRING, &options->host, NULL, NULL},
        {"json", 0, 0, G_OPTION_ARG_STRING, &options->json, NULL, NULL},
        {"no-legend", 0, 0, G_OPTION_ARG_NONE, &options->no_legend, NULL, NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &options->help, NULL, NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->arguments, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    verb_options_add(context, &options->verb);
    return g_option_context_parse(context, argc, argv, error);
}

/* FALSE after a complaint where number or kind of arguments does not fit the verb. */
static gboolean check_arguments(const Verb *verb, guint n_arguments)
{
    if (!verb->argument && n_arguments > 0) {
        complain("%s takes no argument; see secpolctl %s --help", verb->name, verb->name);
        return FALSE;
    }
    gboolean optional = verb->argument && verb->argument[0] == '[';
    if (n_arguments > 1 || (verb->argument && !optional && n_arguments == 0)) {
        complain("%s takes one argument, %s; see secpolctl %s --help", verb->name, verb->argument,
                 verb->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_options(const Verb *verb, const Options *options)
{
    const char *foreign = verb_options_find_foreign(&options->verb, verb->options);
    if (foreign) {
        complain("%s does not take --%s; see secpolctl %s --help", verb->name, foreign, verb->name);
        return FALSE;
    }
    if (verb->offline && options->host) {
        complain("%s works on a file of this machine and asks no other; leave out --host",
                 verb->name);
        return FALSE;
    }
    return TRUE;
}

static gboolean fill_context(const Options *options, Context *ret_context)
{
    JsonFormat json = JSON_FORMAT_OFF;
    if (options->json && !json_format_from_string(options->json, &json)) {
        complain("--json takes short, pretty or off, not %s", options->json);
        return FALSE;
    }
    if (options->host && *options->host == '\0') {
        complain("--host takes USER@HOST");
        return FALSE;
    }
    *ret_context = (Context){
        .host = options->host,
        .json = json,
        .legend = !options->no_legend,
        .options = &options->verb,
    };
    terminal_detect(&ret_context->terminal);
    return TRUE;
}

static ExitCode run(const Options *options)
{
    guint n_arguments = options->arguments ? g_strv_length(options->arguments) : 0;
    const char *name = n_arguments > 0 ? options->arguments[0] : NULL;
    const Verb *verb = find_verb(name ? name : "status");
    if (!verb) {
        complain_unknown_verb(name);
        return EXIT_CODE_USAGE;
    }
    if (options->help) {
        name ? print_verb_help(verb) : print_help();
        return EXIT_CODE_OK;
    }
    if (options->version) {
        puts("secpolctl " SECPOLD_VERSION);
        return EXIT_CODE_OK;
    }
    Context context;
    if (!check_arguments(verb, n_arguments > 0 ? n_arguments - 1 : 0) ||
        !check_options(verb, options) || !fill_context(options, &context)) {
        return EXIT_CODE_USAGE;
    }
    return verb->run(&context, n_arguments > 1 ? options->arguments[1] : NULL);
}

static void options_clear(Options *options)
{
    g_free(options->host);
    g_free(options->json);
    g_strfreev(options->arguments);
    verb_options_clear(&options->verb);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    Options options = {};
    g_autoptr(GError) error = NULL;
    ExitCode code = EXIT_CODE_USAGE;
    if (parse_command_line(&argc, &argv, &options, &error)) {
        code = run(&options);
    } else {
        complain("%s; see secpolctl --help", error->message);
    }
    options_clear(&options);
    /* A full disk must not look like a success. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        complain("cannot write the output: %s", g_strerror(errno));
        code = code == EXIT_CODE_OK ? EXIT_CODE_FAILED : code;
    }
    return (int)code;
}
