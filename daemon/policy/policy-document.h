/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy document: the text form of a policy, as described in secpold.policy(5). */
#pragma once

#include "daemon/policy/diagnostic.h"
#include "daemon/policy/policy.h"

/* Larger documents are refused unread. */
#define POLICY_DOCUMENT_MAX_BYTES (64 * 1024)

/* Reads a document. Every error found is added to @diagnostics; with one or more errors NULL is
 * returned, so a policy is whole or not there. @document need not end in NUL. */
Policy *policy_document_parse(const char *document, gsize length, Diagnostics *diagnostics);

/* A document that parses to an equal policy. */
char *policy_document_print(const Policy *policy);

/* Lower-case hexadecimal SHA-256 of the document's bytes, 64 characters. */
char *policy_document_digest(const char *document, gsize length);
