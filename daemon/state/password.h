/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A setting password on its way from whoever typed it to the derivation of a key. It lives in
 * memory that is locked against swap, left out of core files, guarded, and wiped when freed. */
#pragma once

#include <glib.h>

#define PASSWORD_MAX_BYTES 128

typedef struct Password Password;

/* A copy of @text, which the caller wipes: 1 to PASSWORD_MAX_BYTES bytes of UTF-8 without control
 * characters. PASSWORD_ERROR_INVALID otherwise; the message tells nothing of the password. */
Password *password_new(const char *text, gsize length, GError **error);

/* The first line of what can be read from @fd, without its LF or CRLF: a file, a pipe, or a
 * terminal. Of a longer text what follows may be read too. PASSWORD_ERROR_INVALID as above, and
 * where there is no line; G_FILE_ERROR where reading fails, EINTR included. */
Password *password_read_line(int fd, GError **error);

void password_free(Password *password);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Password, password_free)

/* NUL-terminated; belongs to @password. */
const char *password_text(const Password *password);
gsize password_length(const Password *password);

/* In constant time. */
gboolean password_equal(const Password *a, const Password *b);

#define PASSWORD_ERROR (password_error_quark())
GQuark password_error_quark(void);
typedef enum PasswordError {
    PASSWORD_ERROR_INVALID,
    PASSWORD_ERROR_NO_MEMORY,
} PasswordError;
