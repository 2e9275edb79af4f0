/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpolctl export: a policy as it was imported, byte for byte, and its signature. */
#include "ctl/file-output.h"
#include "ctl/manager-life.h"
#include "ctl/verb.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static gboolean write_bytes(const char *path, GBytes *bytes, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    return file_output(path, data, length, error);
}

static gboolean write_files(const Context *context, const char *path, GBytes *document,
                            GBytes *signature, GError **error)
{
    g_autofree char *beside = g_strconcat(path, ".minisig", NULL);
    gboolean is_signed = g_bytes_get_size(signature) > 0;
    /* Whoever sees a seal can try passwords on it. */
    umask(S_IRWXG | S_IRWXO);
    if (!write_bytes(path, document, error) ||
        (is_signed && !write_bytes(beside, signature, error))) {
        return FALSE;
    }
    if (context->legend) {
        g_autofree char *name = terminal_escape(path);
        printf("%s: exported, %s\n", name, is_signed ? "signature beside it" : "not signed");
    }
    if (!is_signed && g_file_test(beside, G_FILE_TEST_EXISTS)) {
        complain("%s is not of this document, which is not signed; remove it", beside);
    }
    return TRUE;
}

static gboolean write_stream(GBytes *document, GBytes *signature, GError **error)
{
    if (g_bytes_get_size(signature) > 0) {
        complain("the document is signed; with -o FILE its signature is written too");
    }
    return write_bytes("-", document, error);
}

ExitCode verb_export(const Context *context, const char *argument)
{
    g_autoptr(GError) error = NULL;
    guint64 generation;
    if (!verb_options_get_generation(context->options, &generation, &error)) {
        return verb_misused(error);
    }
    g_autoptr(GBytes) document = NULL;
    g_autoptr(GBytes) signature = NULL;
    g_autoptr(ManagerClient) client = manager_client_open(context->host, &error);
    if (!client || !manager_life_export(client, generation, &document, &signature, &error)) {
        return verb_failed(error);
    }
    const char *output = context->options->values[VERB_OPTION_OUTPUT];
    gboolean to_file = output && strcmp(output, "-") != 0;
    gboolean written = to_file ? write_files(context, output, document, signature, &error)
                               : write_stream(document, signature, &error);
    return written ? EXIT_CODE_OK : verb_failed(error);
}
