/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The public keys a device trusts, in minisign's format. */
#pragma once

#include <glib.h>

/* More keys in the directory are an error. */
#define TRUSTED_KEYS_MAX 64
/* A public key file is two short lines. */
#define TRUSTED_KEY_MAX_BYTES 1024

#define TRUSTED_KEY_ID_BYTES     8
#define TRUSTED_KEY_PUBLIC_BYTES 32

typedef struct TrustedKey {
    guint8 id[TRUSTED_KEY_ID_BYTES];
    guint8 public_key[TRUSTED_KEY_PUBLIC_BYTES]; /* Ed25519 */
    char *comment;                               /* displayable; "" where the file has none */
} TrustedKey;

typedef struct TrustedKeys TrustedKeys;

/* No key at all. */
TrustedKeys *trusted_keys_new(void);
void trusted_keys_free(TrustedKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TrustedKeys, trusted_keys_free)

/* Adds the key in a public key file's text: an "untrusted comment:" line and a line of base64.
 * SIGNATURE_ERROR_MALFORMED naming @name otherwise, and beyond TRUSTED_KEYS_MAX. */
gboolean trusted_keys_add(TrustedKeys *keys, const char *name, const char *text, gsize length,
                          GError **error);

/* Reads every *.pub of the directory, by name. A directory that is not there gives no keys. One
 * file that is no public key makes the whole an error, as does what the system says (G_FILE_ERROR):
 * a device that seems to trust a key and does not would be a riddle. */
TrustedKeys *trusted_keys_load(const char *directory, GError **error);

guint trusted_keys_count(const TrustedKeys *keys);

/* The next key with this id after @previous, NULL for the first; ids are chosen at random and not
 * derived from the key, so there may be several. NULL where there is none. */
const TrustedKey *trusted_keys_find(const TrustedKeys *keys, const guint8 *id,
                                    const TrustedKey *previous);
