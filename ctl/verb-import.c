/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl import FILE: lets a policy in, unless it locks out whoever does that. */
#include "ctl/change-preview.h"
#include "ctl/check-signature.h"
#include "ctl/document.h"
#include "ctl/import-passwords.h"
#include "ctl/import-result.h"
#include "ctl/manager-life.h"
#include "ctl/progress.h"

#include "daemon/files/file-io.h"
#include "daemon/state/seal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_SECONDS 60

/* Wrong passwords make the device slow; so many may be typed. */
#define MAX_QUESTIONS 3

typedef struct Import {
    const Context *context;
    const char *path;
    guint timeout_seconds;
    ManagerClient *client;
    ChangePreview *preview;
    ImportPasswords passwords;
    ImportCall call;
    guint64 generation;
} Import;

static void import_clear(Import *import)
{
    g_clear_pointer(&import->call.document, g_bytes_unref);
    g_clear_pointer(&import->call.signature, g_bytes_unref);
    import_passwords_clear(&import->passwords);
    change_preview_free(import->preview);
    manager_client_free(import->client);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Import, import_clear)

static gboolean read_signature(Import *import, GError **error)
{
    const char *option = import->context->options->values[VERB_OPTION_SIGNATURE];
    g_autofree char *path = signature_path(import->path, option);
    char *text;
    gsize length;
    if (!path) {
        return TRUE;
    }
    if (!file_read(path, SIGNATURE_MAX_BYTES, &text, &length, error)) {
        return FALSE;
    }
    import->call.signature = g_bytes_new_take(text, length);
    return TRUE;
}

static gboolean prepare(Import *import, GError **error)
{
    progress_say(import->context, "Checking %s", document_name(import->path));
    import->call.document = document_read(import->path, error);
    if (!import->call.document || !read_signature(import, error)) {
        return FALSE;
    }
    import->client = manager_client_open(import->context->host, error);
    if (!import->client) {
        return FALSE;
    }
    import->preview =
        change_preview_make(import->client, import->context->host, import->call.document, error);
    return import->preview &&
           import_passwords_read(&import->passwords, import->context->options, error);
}

static void print_preview(const Import *import)
{
    if (import->context->json != JSON_FORMAT_OFF) {
        g_autoptr(JsonObject) object = change_preview_to_json(import->preview);
        json_print_object(object, import->context->json);
        return;
    }
    document_print_diagnostics(import->path, import->preview->diagnostics);
    import_result_print_warnings(import->context, import->preview);
}

/* FALSE, after saying why, where the document is no policy, or would lock the caller out. */
static gboolean may_go_on(const Import *import)
{
    gboolean valid = change_preview_is_valid(import->preview);
    gboolean cuts = json_array_get_length(import->preview->warnings) > 0;
    gboolean accepted =
        import->call.confirm_seconds > 0 || import->context->options->flags[VERB_OPTION_FORCE];
    if (valid && (!cuts || accepted)) {
        return TRUE;
    }
    print_preview(import);
    if (!valid) {
        complain("%s is not valid, and was not imported", document_name(import->path));
    } else {
        complain("%s was not imported, as it cuts a way to the device; with --confirm=60s it is "
                 "taken back unless you confirm it in time, with --force it is imported for good",
                 document_name(import->path));
    }
    return FALSE;
}

static gboolean is_sealed(GBytes *document)
{
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    gboolean sealed = FALSE;
    SealKey key;
    return seal_check(text, length, &sealed, &key, NULL) && sealed;
}

static gboolean ask(Import *import, GError **error)
{
    gboolean sealed = is_sealed(import->call.document);
    g_autofree char *name = terminal_escape(document_name(import->path));
    fprintf(stderr, "The device holds a setting password, and %s is %s.\n", name,
            sealed ? "sealed with another one or anew" : "not sealed, so that none would be left");
    return import_passwords_ask(&import->passwords, name, sealed, error);
}

/* Whether asking somebody may help against @error; @questions have been asked. */
static gboolean can_ask(const GError *error, guint questions)
{
    int code = questions == 0 ? MANAGER_CLIENT_ERROR_PASSWORD_REQUIRED
                              : MANAGER_CLIENT_ERROR_PASSWORD_MISMATCH;
    return questions < MAX_QUESTIONS && isatty(STDIN_FILENO) &&
           g_error_matches(error, MANAGER_CLIENT_ERROR, code);
}

static gboolean import_once(Import *import, GError **error)
{
    import->call.password = import->passwords.document;
    import->call.current_password = import->passwords.device;
    progress_say(import->context, "Importing");
    return manager_life_import(import->client, &import->call, &import->generation, error);
}

static gboolean import_asking(Import *import, GError **error)
{
    for (guint questions = 0;; questions++) {
        g_autoptr(GError) local = NULL;
        if (import_once(import, &local)) {
            return TRUE;
        }
        if (!can_ask(local, questions)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (questions > 0) {
            complain("that was not it; once more");
        }
        if (!ask(import, error)) {
            return FALSE;
        }
    }
}

static ExitCode import_failed(const GError *error)
{
    ExitCode code = verb_failed(error);
    if (code == EXIT_CODE_UNREACHABLE) {
        complain("whether the policy was imported is not known; see secpolctl history");
    }
    return code;
}

/* Standard input can be one thing only. */
static gboolean reads_stdin_twice(const Context *context, const char *path)
{
    char *const *values = context->options->values;
    const char *sources[] = {path, values[VERB_OPTION_PASSWORD_FILE],
                             values[VERB_OPTION_CURRENT_PASSWORD_FILE]};
    guint n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        n += g_strcmp0(sources[i], "-") == 0 ? 1 : 0;
    }
    return n > 1;
}

static gboolean read_options(Import *import, GError **error)
{
    const VerbOptions *options = import->context->options;
    return verb_options_get_seconds(options, VERB_OPTION_CONFIRM, 0, &import->call.confirm_seconds,
                                    error) &&
           verb_options_get_seconds(options, VERB_OPTION_TIMEOUT, DEFAULT_TIMEOUT_SECONDS,
                                    &import->timeout_seconds, error);
}

ExitCode verb_import(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_auto(Import) import = {.context = context, .path = argument};
    if (!read_options(&import, &error)) {
        return verb_misused(error);
    }
    if (context->options->values[VERB_OPTION_TIMEOUT] &&
        !context->options->flags[VERB_OPTION_WAIT]) {
        complain("--timeout says how long --wait waits; add --wait, or leave it out");
        return EXIT_CODE_USAGE;
    }
    if (reads_stdin_twice(context, argument)) {
        complain("only one of FILE, --password-file and --current-password-file can be standard "
                 "input");
        return EXIT_CODE_USAGE;
    }
    if (!prepare(&import, &error)) {
        return verb_failed(error);
    }
    if (!may_go_on(&import)) {
        return EXIT_CODE_FAILED;
    }
    if (!import_asking(&import, &error)) {
        return import_failed(error);
    }
    const ImportResult result = {.client = import.client,
                                 .preview = import.preview,
                                 .path = argument,
                                 .generation = import.generation,
                                 .timeout_seconds = import.timeout_seconds};
    return import_result_report(context, &result);
}
