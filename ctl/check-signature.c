/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/check-signature.h"

#include "daemon/files/file-io.h"

#include <string.h>

void signature_finding_free(SignatureFinding *finding)
{
    if (!finding) {
        return;
    }
    g_free(finding->path);
    signer_free(finding->signer);
    g_clear_error(&finding->error);
    g_free(finding);
}

static Signer *check_bytes(GBytes *document, const char *signature, gsize signature_length,
                           const char *folder, GError **error)
{
    g_autoptr(TrustedKeys) keys = trusted_keys_load(folder, error);
    if (!keys) {
        return NULL;
    }
    gsize length;
    const char *text = g_bytes_get_data(document, &length);
    g_autoptr(GError) local = NULL;
    Signer *signer = signature_check(keys, text, length, signature, signature_length, &local);
    if (!signer) {
        gboolean is_unknown = g_error_matches(local, SIGNATURE_ERROR, SIGNATURE_ERROR_UNKNOWN_KEY);
        g_set_error(error, local->domain, local->code, "%s%s%s", local->message,
                    is_unknown ? " in " : "", is_unknown ? folder : "");
    }
    return signer;
}

static Signer *check_file(GBytes *document, const char *path, const char *folder, GError **error)
{
    g_autofree char *signature = NULL;
    gsize length;
    if (!file_read(path, SIGNATURE_MAX_BYTES, &signature, &length, error)) {
        return NULL;
    }
    Signer *signer = check_bytes(document, signature, length, folder, error);
    if (!signer) {
        g_prefix_error(error, "%s: ", path);
    }
    return signer;
}

char *signature_path(const char *path, const char *signature)
{
    if (signature) {
        return g_strdup(signature);
    }
    g_autofree char *beside = g_strconcat(path, ".minisig", NULL);
    gboolean exists = strcmp(path, "-") != 0 && g_file_test(beside, G_FILE_TEST_EXISTS);
    return exists ? g_steal_pointer(&beside) : NULL;
}

SignatureFinding *check_signature(const char *path, GBytes *document, const char *signature,
                                  const char *folder)
{
    SignatureFinding *finding = g_new0(SignatureFinding, 1);
    finding->path = signature_path(path, signature);
    if (finding->path) {
        finding->signer = check_file(document, finding->path, folder, &finding->error);
    }
    return finding;
}

JsonNode *signature_finding_to_json(const SignatureFinding *finding)
{
    if (!finding->path) {
        return json_node_init_null(json_node_alloc());
    }
    g_autoptr(JsonObject) object = json_object_new();
    g_autofree char *path = g_filename_display_name(finding->path);
    json_object_set_string_member(object, "File", path);
    if (finding->signer) {
        json_object_set_string_member(object, "KeyId", finding->signer->key_id);
        json_object_set_string_member(object, "KeyComment", finding->signer->key_comment);
        json_object_set_string_member(object, "TrustedComment", finding->signer->trusted_comment);
    } else {
        json_object_set_string_member(object, "Problem", finding->error->message);
    }
    return json_node_init_object(json_node_alloc(), object);
}
