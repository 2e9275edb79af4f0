/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a policy document: what the parser takes for a seal is found, and a good one is the
 * end of the document and of that document only. */
#include "daemon/policy/policy-document.h"
#include "daemon/state/seal-document.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

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

static void check_good_seal(const char *text, gsize length)
{
    gsize start = seal_document_find(text, length);
    Seal seal;
    g_assert_true(seal_document_parse(text + start, length - start, &seal));
    g_autoptr(GString) again = g_string_new_len(text, (gssize)start);
    seal_document_append_key(again, &seal.key);
    seal_document_append_signature(again, seal.signature);
    g_assert_true(again->len == length && memcmp(again->str, text, length) == 0);

    again->str[0] ^= 1;
    gboolean sealed;
    SealKey key;
    g_assert_false(seal_check(again->str, again->len, &sealed, &key, NULL));
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
