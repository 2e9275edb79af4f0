/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a public key file and, behind the byte 0x1E, a signature file, over a document of
 * ours: they are read or refused with a reason, and a good signature is of this document only. */
#include "daemon/state/signature.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

#define FILE_SEPARATOR '\x1E'

/* The corpus has signatures of this. */
static const char document[] = "[Policy]\nFormatVersion=1\nName=A\nSerial=1\n";
static const char other_document[] = "[Policy]\nFormatVersion=1\nName=A\nSerial=2\n";

static void check_text(const char *text)
{
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_null(strpbrk(text, "\t\n\r\033"));
}

static void check_signer(const TrustedKeys *keys, const Signer *signer, const char *signature,
                         gsize length)
{
    g_assert_cmpuint(strspn(signer->key_id, "0123456789ABCDEF"), ==, 16);
    check_text(signer->key_comment);
    check_text(signer->trusted_comment);
    g_autoptr(GError) error = NULL;
    g_assert_null(
        signature_check(keys, other_document, strlen(other_document), signature, length, &error));
    g_assert_error(error, SIGNATURE_ERROR, SIGNATURE_ERROR_INVALID);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *separator = size > 0 ? memchr(text, FILE_SEPARATOR, size) : NULL;
    const char *signature = separator != NULL ? separator + 1 : text + size;
    gsize key_length = (gsize)((separator != NULL ? separator : signature) - text);
    gsize length = size - (gsize)(signature - text);

    g_autoptr(TrustedKeys) keys = trusted_keys_new();
    g_autoptr(GError) key_error = NULL;
    gboolean added = trusted_keys_add(keys, "fuzz.pub", text, key_length, &key_error);
    g_assert_cmpint(added, ==, key_error == NULL);
    g_assert_cmpuint(trusted_keys_count(keys), ==, added ? 1 : 0);

    g_autoptr(GError) error = NULL;
    g_autoptr(Signer) signer =
        signature_check(keys, document, strlen(document), signature, length, &error);
    g_assert_cmpint(signer != NULL, ==, error == NULL);
    if (signer != NULL)
        check_signer(keys, signer, signature, length);
    return 0;
}
