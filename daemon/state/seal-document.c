/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal-document.h"

#include <sodium.h>
#include <string.h>

#include "daemon/state/base64.h"

#define HEADER     "[Seal]"
#define SALT       "Salt="
#define PUBLIC_KEY "PublicKey="
#define SIGNATURE  "Signature="

static gboolean is_header(const char *line, gsize length)
{
    const char *end = line + length;
    while (line < end && strchr(" \t", *line) != NULL && *line != '\0')
        line++;
    while (line < end && strchr(" \t\r", end[-1]) != NULL && end[-1] != '\0')
        end--;
    return (gsize)(end - line) == strlen(HEADER) && memcmp(line, HEADER, strlen(HEADER)) == 0;
}

gsize seal_document_find(const char *document, gsize length)
{
    gsize start = 0;
    while (start < length) {
        const char *line_feed = memchr(document + start, '\n', length - start);
        gsize end = line_feed != NULL ? (gsize)(line_feed - document) : length;
        if (is_header(document + start, end - start))
            return start;
        start = line_feed != NULL ? end + 1 : length;
    }
    return length;
}

/* Takes "KEY=BASE64" and a line end off the front of the text. */
static gboolean take(const char **text, const char *end, const char *key, guint8 *bytes,
                     gsize n_bytes)
{
    gsize key_length = strlen(key);
    gsize value_length = BASE64_LENGTH(n_bytes);
    if ((gsize)(end - *text) < key_length + value_length + 1 || memcmp(*text, key, key_length) != 0)
        return FALSE;
    const char *value = *text + key_length;
    if (!base64_decode(value, value_length, bytes, n_bytes) || value[value_length] != '\n')
        return FALSE;
    *text = value + value_length + 1;
    return TRUE;
}

gboolean seal_document_parse(const char *group, gsize length, Seal *ret_seal)
{
    const char *end = group + length;
    if (length <= strlen(HEADER) || memcmp(group, HEADER "\n", strlen(HEADER) + 1) != 0)
        return FALSE;
    const char *at = group + strlen(HEADER) + 1;
    Seal seal;
    if (!take(&at, end, SALT, seal.key.salt, sizeof seal.key.salt) ||
        !take(&at, end, PUBLIC_KEY, seal.key.public_key, sizeof seal.key.public_key) ||
        !take(&at, end, SIGNATURE, seal.signature, sizeof seal.signature) || at != end)
        return FALSE;
    *ret_seal = seal;
    return TRUE;
}

static void append(GString *document, const char *key, const guint8 *bytes, gsize n_bytes)
{
    /* The longest value is the signature. */
    char value[BASE64_LENGTH(SEAL_SIGNATURE_BYTES) + 1];
    sodium_bin2base64(value, sizeof value, bytes, n_bytes, sodium_base64_VARIANT_ORIGINAL);
    g_string_append_printf(document, "%s%s\n", key, value);
}

void seal_document_append_key(GString *document, const SealKey *key)
{
    g_string_append(document, HEADER "\n");
    append(document, SALT, key->salt, sizeof key->salt);
    append(document, PUBLIC_KEY, key->public_key, sizeof key->public_key);
}

void seal_document_append_signature(GString *document, const guint8 *signature)
{
    append(document, SIGNATURE, signature, SEAL_SIGNATURE_BYTES);
}

gsize seal_document_signature_length(void)
{
    return strlen(SIGNATURE) + BASE64_LENGTH(SEAL_SIGNATURE_BYTES) + 1;
}
