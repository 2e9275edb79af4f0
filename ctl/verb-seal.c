/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl seal FILE: puts the setting password's seal on a policy document; asks nobody. */
#include "ctl/document.h"
#include "ctl/file-output.h"
#include "ctl/password-input.h"
#include "ctl/verb.h"

#include "daemon/policy/password-rules.h"
#include "daemon/policy/policy-document.h"
#include "daemon/state/seal.h"

#include <stdio.h>
#include <string.h>

/* NULL, after its diagnostics were printed, where the document is not a policy. */
static Policy *parse(const char *path, GBytes *document)
{
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    document_print_diagnostics(path, diagnostics);
    if (!policy) {
        complain("%s is not valid, and was not sealed", document_name(path));
    }
    return g_steal_pointer(&policy);
}

static gboolean read_previous(const char *path, SealKey *ret_key, GError **error)
{
    g_autoptr(GBytes) document = document_read(path, error);
    if (!document) {
        return FALSE;
    }
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    gboolean sealed = FALSE;
    if (!seal_check(text, length, &sealed, ret_key, error)) {
        g_prefix_error(error, "%s: ", document_name(path));
        return FALSE;
    }
    if (!sealed) {
        g_set_error(error, SEAL_ERROR, SEAL_ERROR_MALFORMED,
                    "%s is not sealed, so it has no password to keep", document_name(path));
    }
    return sealed;
}

static Password *get_password(const Context *context, const char *path, GError **error)
{
    const char *file = context->options->values[VERB_OPTION_PASSWORD_FILE];
    const char *previous = context->options->values[VERB_OPTION_LIKE];
    if (file) {
        return password_input_read(file, error);
    }
    g_autofree char *name = terminal_escape(previous ? previous : document_name(path));
    if (previous) {
        /* A mistyped one does not open the previous document. */
        g_autofree char *prompt = g_strdup_printf("Password of %s", name);
        return password_input_ask(prompt, error);
    }
    g_autofree char *prompt = g_strdup_printf("New password for %s", name);
    return password_input_ask_new(prompt, error);
}

/* A password that keeps the policy's rules and opens @previous_key, if that is not NULL. */
static Password *get_good_password(const Context *context, const char *path, const Policy *policy,
                                   const SealKey *previous_key, GError **error)
{
    g_autoptr(Password) password = get_password(context, path, error);
    if (!password || !password_rules_check(policy, password_text(password), error)) {
        return NULL;
    }
    g_autoptr(GError) local = NULL;
    if (!previous_key || seal_key_opens(previous_key, password, &local)) {
        return g_steal_pointer(&password);
    }
    if (!local) {
        g_set_error(&local, PASSWORD_ERROR, PASSWORD_ERROR_INVALID,
                    "the password is not the one that %s is sealed with",
                    context->options->values[VERB_OPTION_LIKE]);
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
}

static const char *output_path(const Context *context, const char *path)
{
    const char *output = context->options->values[VERB_OPTION_OUTPUT];
    return output ? output : path;
}

static void print_result(const Context *context, const char *path)
{
    const char *output = output_path(context, path);
    if (strcmp(output, "-") == 0) {
        return;
    }
    g_autofree char *signature = g_strconcat(output, ".minisig", NULL);
    if (context->legend) {
        g_autofree char *name = terminal_escape(output);
        printf("%s: sealed\n", name);
    }
    if (g_file_test(signature, G_FILE_TEST_EXISTS)) {
        complain("%s is of the document before it was sealed; sign again", signature);
    }
}

static gboolean seal(const Context *context, const char *path, GBytes *document,
                     const Policy *policy, GError **error)
{
    const char *previous = context->options->values[VERB_OPTION_LIKE];
    SealKey key;
    if (previous && !read_previous(previous, &key, error)) {
        return FALSE;
    }
    g_autoptr(Password) password =
        get_good_password(context, path, policy, previous ? &key : NULL, error);
    if (!password) {
        return FALSE;
    }
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autofree char *sealed =
        seal_make(text, length, password, previous ? key.salt : NULL, &length, error);
    return sealed && file_output(output_path(context, path), sealed, length, error);
}

/* Standard input can be one thing only. */
static gboolean reads_stdin_twice(const Context *context, const char *path)
{
    const char *sources[] = {path, context->options->values[VERB_OPTION_LIKE],
                             context->options->values[VERB_OPTION_PASSWORD_FILE]};
    guint n = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        n += g_strcmp0(sources[i], "-") == 0 ? 1 : 0;
    }
    return n > 1;
}

ExitCode verb_seal(const Context *context, const char *argument)
{
    if (reads_stdin_twice(context, argument)) {
        complain("only one of FILE, --like and --password-file can be standard input");
        return EXIT_CODE_USAGE;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) document = document_read(argument, &error);
    if (!document) {
        return verb_failed(error);
    }
    g_autoptr(Policy) policy = parse(argument, document);
    if (!policy) {
        return EXIT_CODE_FAILED;
    }
    if (!seal(context, argument, document, policy, &error)) {
        return verb_failed(error);
    }
    print_result(context, argument);
    return EXIT_CODE_OK;
}
