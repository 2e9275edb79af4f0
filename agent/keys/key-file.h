/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys, certificates and Diffie-Hellman groups that a file holds, in PEM or DER. */
#pragma once

#include <glib.h>

/* What is weak in a file with these contents, as weak-key.h words it, and what can be neither read
 * nor said to be encrypted; element type char. Of a file that holds no keys, nothing. Free with
 * g_ptr_array_unref(). */
GPtrArray *key_file_find_weak(const char *contents, gsize length);
