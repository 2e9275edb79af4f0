/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The [Seal] group as text. */
#pragma once

#include "daemon/state/seal.h"

typedef struct Seal {
    SealKey key;
    guint8 signature[SEAL_SIGNATURE_BYTES];
} Seal;

/* Where the first line that is "[Seal]" but for blanks begins; @length where there is none. No
 * document that the parser accepts has a seal that is not found here. */
gsize seal_document_find(const char *document, gsize length);

/* Reads the group from its first line to the end of the document; only the one form that
 * seal_document_print() gives it is accepted. */
gboolean seal_document_parse(const char *group, gsize length, Seal *ret_seal);

/* The group's lines up to that of the signature, which is what the signature covers of it. */
void seal_document_append_key(GString *document, const SealKey *key);

void seal_document_append_signature(GString *document, const guint8 *signature);

/* Bytes of that last line. */
gsize seal_document_signature_length(void);
