/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/agent-loop.h"
#include "agent/binding-files.h"
#include "agent/check-files.h"
#include "agent/note.h"
#include "agent/sandbox.h"
#include "agent/try-settings.h"
#include "daemon/config.h"

/* From this size on, memory goes back to the kernel as soon as it is freed (glibc's default, which
 * it would raise by itself with the first large signal that somebody sends). */
#define LARGE_BYTES (128 * 1024)

typedef struct Options {
    GStrv directories;
    GStrv files;
    char *state_directory;
    gboolean check;
    gboolean restore;
    gboolean sandbox;
    gboolean try;
    gboolean version;
} Options;

static void options_clear(Options *options)
{
    g_strfreev(options->directories);
    g_strfreev(options->files);
    g_free(options->state_directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean parse_options(int argc, char *argv[], Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"bindings", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->directories,
         "Where binding files are; may be given several times, a later directory wins "
         "(default: " BINDINGS_DIRECTORY ", then " ADMIN_BINDINGS_DIRECTORY ")",
         "DIRECTORY"},
        {"check", 0, 0, G_OPTION_ARG_NONE, &options->check,
         "Say what is wrong with these binding files, or with all of them, and exit", NULL},
        {"state-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->state_directory,
         "Where is kept what has to be put back (default: " AGENT_STATE_DIRECTORY ")", "DIRECTORY"},
        {"restore", 0, 0, G_OPTION_ARG_NONE, &options->restore,
         "Put back everything as it was without secpol-agent, which must not be running, and exit",
         NULL},
        {"try", 0, 0, G_OPTION_ARG_NONE, &options->try,
         "Say what the bindings would do if these settings were locked so, and exit", NULL},
        {"sandbox", 0, 0, G_OPTION_ARG_NONE, &options->sandbox,
         "Print what the unit has to be allowed to write to, as a drop-in, and exit", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version and exit", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL,
         "[FILE... | SETTING=VALUE...]"},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context,
                                 "Makes stock services comply with the printer security policy.");
    g_option_context_set_description(context, "See secpol-agent(8) and secpold.binding(5).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return FALSE;
    if (options->check + options->restore + options->sandbox + options->try > 1) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--check, --restore, --sandbox and --try do not go together");
        return FALSE;
    }
    if (options->files && !options->check && !options->try) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "only --check and --try take arguments: %s", options->files[0]);
        return FALSE;
    }
    return TRUE;
}

static void keep_silent(const SettingsReport *reports, gsize n_reports, gboolean all, gpointer data)
{
}

static gboolean restore(Agent *agent, GError **error)
{
    g_auto(SettingsInForce) nothing = {0};
    agent_pass(agent, &nothing, keep_silent, NULL);
    g_auto(GStrv) left = agent_list_unrestored(agent);
    g_autofree char *list = g_strjoinv(", ", left);
    if (!*left)
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "Not everything could be put back: %s",
                list);
    return FALSE;
}

static const char *state_directory(const Options *options)
{
    return options->state_directory ? options->state_directory : AGENT_STATE_DIRECTORY;
}

static gboolean run_service(const Options *options, const char *const *directories, GError **error)
{
    const AgentPaths paths = {
        .bindings = directories,
        .state = state_directory(options),
    };
    g_autoptr(Agent) agent = agent_new(&paths, error);
    if (!agent)
        return FALSE;
    return options->restore ? restore(agent, error) : agent_loop_run(agent, error);
}

static gboolean print_sandbox(const Options *options, const char *const *directories)
{
    g_autofree char *drop_in = sandbox_drop_in(directories, state_directory(options));
    return fputs(drop_in, stdout) >= 0;
}

static gboolean run(const Options *options, GError **error)
{
    static const char *const standard[] = {BINDINGS_DIRECTORY, ADMIN_BINDINGS_DIRECTORY, NULL};
    const char *const *directories =
        options->directories ? (const char *const *)options->directories : standard;
    const char *const *words = (const char *const *)options->files;

    if (options->version)
        return puts("secpol-agent " SECPOLD_VERSION) >= 0;
    if (options->check)
        return check_files(words, directories);
    if (options->sandbox)
        return print_sandbox(options, directories);
    if (options->try)
        return try_settings(words, directories, error);
    /* Files are made with the mode they are to have, not with less. */
    umask(0022);
    return run_service(options, directories, error);
}

int main(int argc, char *argv[])
{
    g_auto(Options) options = {0};
    g_autoptr(GError) error = NULL;

    /* What is printed for people may hold more than ASCII. */
    setlocale(LC_CTYPE, "");
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    if (!parse_options(argc, argv, &options, &error)) {
        fprintf(stderr, "secpol-agent: %s\nTry 'secpol-agent --help'.\n", error->message);
        return 2;
    }
    if (run(&options, &error))
        return EXIT_SUCCESS;
    if (error)
        note(LOG_ERR, "%s", error->message);
    return EXIT_FAILURE;
}
