/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a password to a key pair. */
#pragma once

#include "daemon/state/seal.h"

/* Ed25519's secret key in libsodium's form, in memory as a Password's. */
typedef struct SealSecret {
    guint8 bytes[64];
} SealSecret;

void seal_secret_free(SealSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SealSecret, seal_secret_free)

/* The secret key for a password and a salt; the public key that goes with both is in @ret_key.
 * NULL with SEAL_ERROR_NO_MEMORY. */
SealSecret *seal_key_derive(const Password *password, const guint8 *salt, SealKey *ret_key,
                            GError **error);
