/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts that the tests of policy documents write their documents from. */
#pragma once

#include "daemon/policy/policy-document.h"
#include "tests/unit/diagnostics-text.h"

#define HEAD "[Policy]\nFormatVersion=1\nName=A\nSerial=1\n" /* lines 1 to 4 */
#define SALT "AAAAAAAAAAAAAAAAAAAAAA=="
#define KEY  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define SIGNATURE                                                                                  \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define SEAL "[Seal]\nSalt=" SALT "\nPublicKey=" KEY "\nSignature=" SIGNATURE "\n"

static inline Policy *parse(const char *text, Diagnostics *diagnostics)
{
    gsize length = strlen(text);
    g_autofree char *tight = copy_tightly(text, length);
    return policy_document_parse(tight, length, diagnostics);
}
