/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy document: the text form of a policy, as described in secpold.policy(5).
 *
 * The text's dialect is described in ini-scanner.h. On top of it:
 *
 *   [Policy]                    the first group; all three keys are required
 *   FormatVersion=1             exactly that
 *   Name=TEXT                   1 to 128 characters, displayable (text.h)
 *   Serial=NUMBER               1 to 2^63 - 1
 *
 *   [CATEGORY]                  Interface, Network, Authentication, KeyCertificate, Log, Job,
 *                               Storage: each at most once, in any order
 *   ITEM=yes|no                 flags; no is the same as leaving the item out
 *   ITEM=NUMBER                 the other items, within the catalog's range
 *   PARAMETER=NUMBER or HOST    in the group of the item it belongs to; a number left out is the
 *                               catalog's standard; where the item is not asked for, the key
 *                               earns a warning and has no effect
 *
 *   [Seal]                      at most once, the last group of all, alone on its line without any
 *                               blank; the only form that daemon/state/seal.h takes is stricter
 *   Salt=BASE64                 16 bytes
 *   PublicKey=BASE64            32 bytes
 *   Signature=BASE64            64 bytes
 *
 *   [X-ANYTHING]                anywhere before [Seal]; ignored
 *
 * Numbers are decimal without sign and leading zero. Everything else is an error: an unknown group
 * or key, one given twice, a key in a group that is not its own, an item whose parent item is not
 * asked for. Whether a seal is genuine is not looked at here.
 */
#pragma once

#include "daemon/policy/diagnostic.h"
#include "daemon/policy/policy.h"

/* Larger documents are refused unread. */
#define POLICY_DOCUMENT_MAX_BYTES 65536

#define POLICY_NAME_MAX_CHARACTERS 128
#define POLICY_SERIAL_MAX          G_MAXINT64

/* Sizes of the values in [Seal]: crypto_pwhash_SALTBYTES of libsodium, and Ed25519's (RFC 8032). */
#define POLICY_SEAL_SALT_BYTES       16
#define POLICY_SEAL_PUBLIC_KEY_BYTES 32
#define POLICY_SEAL_SIGNATURE_BYTES  64

/* Reads a document. Every error found is added to @diagnostics; with one or more errors NULL is
 * returned, so a policy is whole or not there. @document need not end in NUL. */
Policy *policy_document_parse(const char *document, gsize length, Diagnostics *diagnostics);

/* The document that says just what the policy says, without a seal: items and their parameters in
 * the catalog's order. It parses to an equal policy. Free with g_free(). */
char *policy_document_print(const Policy *policy);

/* Lower-case hexadecimal SHA-256 of the document's bytes, 64 characters. */
char *policy_document_digest(const char *document, gsize length);
