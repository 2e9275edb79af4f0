/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a policy document: it is read or refused with a reason, and what was read can be
 * written and read again. */
#include "daemon/policy/policy-document.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

static void check_diagnostics(const Diagnostics *diagnostics)
{
    g_assert_cmpuint(diagnostics->list->len, ==,
                     MIN(diagnostics->n_errors + diagnostics->n_warnings, DIAGNOSTICS_MAX));
    for (guint i = 0; i < diagnostics->list->len; i++) {
        const Diagnostic *diagnostic = diagnostics->list->pdata[i];
        g_assert_true(g_utf8_validate(diagnostic->key, -1, NULL));
        g_assert_true(g_utf8_validate(diagnostic->message, -1, NULL));
        g_autofree char *text = diagnostic_to_string(diagnostic, "fuzz.policy");
        g_assert_null(strpbrk(text, "\n\r\033"));
    }
}

static void check_again(const Policy *policy)
{
    g_autofree char *text = policy_document_print(policy);
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) again = policy_document_parse(text, strlen(text), diagnostics);
    g_assert_cmpuint(diagnostics->list->len, ==, 0);
    g_assert_true(policy_equal(policy, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Diagnostics) diagnostics = diagnostics_new();
    g_autoptr(Policy) policy = policy_document_parse((const char *)data, size, diagnostics);
    g_assert_cmpint(policy == NULL, ==, diagnostics->n_errors > 0);
    check_diagnostics(diagnostics);
    if (policy != NULL)
        check_again(policy);
    return 0;
}
