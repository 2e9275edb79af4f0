/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of values that policy documents and device profiles have in common. All functions leave
 * their out parameter and set INI_VALUE_ERROR where the text is not such a value; the message is
 * worded for a diagnostic. */
#pragma once

#include <glib.h>

/* Exactly "yes" or "no". */
gboolean ini_value_parse_flag(const char *text, gboolean *ret_flag, GError **error);

/* Decimal digits without sign and leading zero; @maximum is below G_MAXUINT64; @unit ("characters")
 * is named in messages and may be NULL. */
gboolean ini_value_parse_number(const char *text, guint64 minimum, guint64 maximum,
                                const char *unit, guint64 *ret_number, GError **error);

/* A text of @minimum to @maximum characters, all of them displayable. */
gboolean ini_value_check_text(const char *text, guint minimum, guint maximum, GError **error);

/* A host name (letters, digits and hyphens in labels of 1 to 63 between dots, at most 253 in all,
 * the last label not a number: RFC 1123 section 2.1) or an IPv4 or IPv6 address without zone. */
gboolean ini_value_check_host(const char *text, GError **error);

/* Base64 (RFC 4648 section 4, padded) of exactly @n_bytes bytes. */
gboolean ini_value_check_base64(const char *text, gsize n_bytes, GError **error);

/* The words of a value, separated by blanks: none for an empty one. An error where there are more
 * than @maximum. */
GStrv ini_value_split(const char *text, guint maximum, GError **error);

/* The first word that stands there for the second time, or NULL. */
const char *ini_value_find_repeated(const char *const *words);

/* The text in quotation marks, cut to a length that fits in a message. Free with g_free(). */
char *ini_value_quote(const char *text);

#define INI_VALUE_ERROR (ini_value_error_quark())
GQuark ini_value_error_quark(void);
typedef enum IniValueError {
    INI_VALUE_ERROR_INVALID,
} IniValueError;
