/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/base64.h"

#include <sodium.h>
#include <string.h>

gboolean base64_decode(const char *text, gsize length, guint8 *ret_bytes, gsize n_bytes)
{
    gsize n_decoded;
    if (length != BASE64_LENGTH(n_bytes) || n_bytes > BASE64_MAX_BYTES ||
        sodium_base642bin(ret_bytes, n_bytes, text, length, NULL, &n_decoded, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        n_decoded != n_bytes)
        return FALSE;
    /* libsodium 1.0.18 takes the byte 0xAF for a slash. */
    char encoded[BASE64_LENGTH(BASE64_MAX_BYTES) + 1];
    sodium_bin2base64(encoded, sizeof encoded, ret_bytes, n_bytes, sodium_base64_VARIANT_ORIGINAL);
    return memcmp(encoded, text, length) == 0;
}
