/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy documents given on the command line, and what was found in them. */
#pragma once

#include "ctl/verb.h"

#include "daemon/policy/diagnostic.h"

/* The bytes of a file, or of standard input where @path is "-". Of a longer document one byte more
 * than the limit is read, so that whoever checks it sees that it is too long. What is obviously
 * something else than a policy document is an error. */
GBytes *document_read(const char *path, GError **error);

/* What to call the document in messages; borrowed. */
const char *document_name(const char *path);

/* One line each; errors that were counted but not kept are counted here too. */
void document_print_diagnostics(const char *path, const Diagnostics *diagnostics);

/* An array of objects with Line, Severity, Key and Message. */
JsonNode *document_diagnostics_to_json(const Diagnostics *diagnostics);
