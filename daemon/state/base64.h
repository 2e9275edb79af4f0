/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* The longest text that is decoded: Ed25519's signature with minisign's 10 bytes before it. */
#define BASE64_MAX_BYTES 74

/* Characters of the padded form, without a NUL. */
#define BASE64_LENGTH(n_bytes) (((n_bytes) + 2) / 3 * 4)

/* Base64 (RFC 4648 section 4, padded) of exactly @n_bytes bytes, at most BASE64_MAX_BYTES. FALSE
 * for anything but the one text that encodes these bytes; @ret_bytes is overwritten even then. */
gboolean base64_decode(const char *text, gsize length, guint8 *ret_bytes, gsize n_bytes);
