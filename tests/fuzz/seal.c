/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a policy document: what the parser takes for a seal is found, and a good one is the
 * end of the document and of that document only. */
#include "daemon/policy/policy-document.h"
#include "daemon/state/seal-document.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Each costs a signature's check. */
#define MAX_FLIPS 1024

static gboolean is_policy(const char *text, gsize length)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse(text, length, diagnostics);
    return policy != NULL;
}

/* Whether an accepted document has a [Seal] group: then no other may follow. */
static gboolean parser_sees_seal(const char *text, gsize length)
{
    g_autoptr(GString) with_group = g_string_new_len(text, (gssize)length);
    g_string_append(with_group, "\n[X-a]\n");
    return !is_policy(with_group->str, with_group->len);
}

static void check_bad(const GString *document)
{
    gboolean sealed = FALSE;
    SealKey key;
    const gboolean good = seal_check(document->str, document->len, &sealed, &key, NULL);
    g_assert_false(good && sealed);
}

/* Neither any other byte anywhere nor one more or less is sealed as well. */
static void check_no_other(GString *document)
{
    for (gsize i = 0; i < MIN(document->len, MAX_FLIPS); i++) {
        document->str[i] ^= 1;
        check_bad(document);
        document->str[i] ^= 1;
    }
    g_string_append_c(document, '\n');
    check_bad(document);
    g_string_truncate(document, document->len - 2);
    check_bad(document);
}

static void check_good_seal(const char *text, gsize length)
{
    gsize start = seal_document_find(text, length);
    Seal seal;
    g_assert_true(seal_document_parse(text + start, length - start, &seal));
    g_autoptr(GString) again = g_string_new_len(text, (gssize)start);
    seal_document_append_key(again, &seal.key);
    seal_document_append_signature(again, seal.signature);
    g_assert_true(again->len == length && memcmp(again->str, text, length) == 0);

    check_no_other(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    g_autoptr(GError) error = NULL;
    gboolean sealed = FALSE;
    SealKey key;
    gboolean good = seal_check(text, size, &sealed, &key, &error);
    g_assert_cmpint(good, ==, error == NULL);
    if (good && sealed)
        check_good_seal(text, size);
    else if (good && size < POLICY_DOCUMENT_MAX_BYTES - 16 && is_policy(text, size))
        g_assert_false(parser_sees_seal(text, size));
    return 0;
}
