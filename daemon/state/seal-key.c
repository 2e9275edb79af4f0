/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/seal-key.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define ARGON2ID_PASSES 2
#define ARGON2ID_BYTES  (19456 * 1024)

G_STATIC_ASSERT(SEAL_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES);
G_STATIC_ASSERT(SEAL_PUBLIC_KEY_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES);
G_STATIC_ASSERT(SEAL_SIGNATURE_BYTES == crypto_sign_ed25519_BYTES);
G_STATIC_ASSERT(sizeof(SealSecret) == crypto_sign_ed25519_SECRETKEYBYTES);

typedef struct Seed {
    guint8 bytes[crypto_sign_ed25519_SEEDBYTES];
} Seed;

static void seed_free(Seed *seed)
{
    sodium_free(seed);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seed, seed_free)

void seal_secret_free(SealSecret *secret)
{
    sodium_free(secret);
}

static SealSecret *fail(GError **error)
{
    g_set_error(error, SEAL_ERROR, SEAL_ERROR_NO_MEMORY,
                "there is no memory to derive a key from the password, which takes %d KiB: %s",
                ARGON2ID_BYTES / 1024, g_strerror(errno));
    return NULL;
}

SealSecret *seal_key_derive(const Password *password, const guint8 *salt, SealKey *ret_key,
                            GError **error)
{
    if (sodium_init() < 0)
        return fail(error);
    g_autoptr(Seed) seed = sodium_malloc(sizeof *seed);
    g_autoptr(SealSecret) secret = sodium_malloc(sizeof *secret);
    if (seed == NULL || secret == NULL ||
        crypto_pwhash_argon2id(seed->bytes, sizeof seed->bytes, password_text(password),
                               password_length(password), salt, ARGON2ID_PASSES, ARGON2ID_BYTES,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return fail(error);
    memcpy(ret_key->salt, salt, SEAL_SALT_BYTES);
    crypto_sign_ed25519_seed_keypair(ret_key->public_key, secret->bytes, seed->bytes);
    return g_steal_pointer(&secret);
}

gboolean seal_key_opens(const SealKey *key, const Password *password, GError **error)
{
    SealKey derived;
    g_autoptr(SealSecret) secret = seal_key_derive(password, key->salt, &derived, error);
    return secret != NULL && seal_key_equal(key, &derived);
}

gboolean seal_key_equal(const SealKey *a, const SealKey *b)
{
    int salt = sodium_memcmp(a->salt, b->salt, sizeof a->salt);
    int public_key = sodium_memcmp(a->public_key, b->public_key, sizeof a->public_key);
    return (salt | public_key) == 0;
}
