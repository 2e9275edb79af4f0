/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/password.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "daemon/policy/text.h"

struct Password {
    gsize length;
    char text[PASSWORD_MAX_BYTES + 1];
};

/* As long as a line with a password can be, with its CRLF, and one byte more to tell a longer one.
 */
typedef struct LineBuffer {
    char text[PASSWORD_MAX_BYTES + 3];
} LineBuffer;

G_DEFINE_QUARK(secpold_password_error, password_error)

static void line_buffer_free(LineBuffer *buffer)
{
    sodium_free(buffer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineBuffer, line_buffer_free)

static gpointer allocate(gsize size, GError **error)
{
    gpointer memory = sodium_init() < 0 ? NULL : sodium_malloc(size);
    if (memory == NULL)
        g_set_error(error, PASSWORD_ERROR, PASSWORD_ERROR_NO_MEMORY,
                    "there is no memory to hold a password: %s", g_strerror(errno));
    return memory;
}

static gboolean fail(GError **error, const char *message)
{
    g_set_error_literal(error, PASSWORD_ERROR, PASSWORD_ERROR_INVALID, message);
    return FALSE;
}

static gboolean check(const char *text, gsize length, GError **error)
{
    if (length == 0)
        return fail(error, "the password is empty");
    if (length > PASSWORD_MAX_BYTES)
        return fail(error, "the password is longer than " G_STRINGIFY(PASSWORD_MAX_BYTES) " bytes");
    if (!g_utf8_validate_len(text, length, NULL))
        return fail(error, "the password is not valid UTF-8");
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at))
        if (!text_is_displayable(g_utf8_get_char(at)))
            return fail(error, "the password contains a control character");
    return TRUE;
}

Password *password_new(const char *text, gsize length, GError **error)
{
    if (!check(text, length, error))
        return NULL;
    Password *password = allocate(sizeof *password, error);
    if (password == NULL)
        return NULL;
    password->length = length;
    memcpy(password->text, text, length);
    password->text[length] = '\0';
    return password;
}

/* Reads until the first line is there, the text ends or the buffer is full. */
static gboolean fill(int fd, LineBuffer *buffer, gsize *ret_length, GError **error)
{
    gsize length = 0;
    while (length < sizeof buffer->text && memchr(buffer->text, '\n', length) == NULL) {
        ssize_t n = read(fd, buffer->text + length, sizeof buffer->text - length);
        if (n < 0) {
            g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
                        "cannot read the password: %s", g_strerror(errno));
            return FALSE;
        }
        if (n == 0)
            break;
        length += (gsize)n;
    }
    *ret_length = length;
    return TRUE;
}

Password *password_read_line(int fd, GError **error)
{
    g_autoptr(LineBuffer) buffer = allocate(sizeof *buffer, error);
    gsize length;
    if (buffer == NULL || !fill(fd, buffer, &length, error))
        return NULL;
    const char *line_feed = memchr(buffer->text, '\n', length);
    if (line_feed != NULL) {
        length = (gsize)(line_feed - buffer->text);
        if (length > 0 && buffer->text[length - 1] == '\r')
            length--;
    }
    return password_new(buffer->text, length, error);
}

void password_free(Password *password)
{
    /* Wipes, too. */
    sodium_free(password);
}

const char *password_text(const Password *password)
{
    return password->text;
}

gsize password_length(const Password *password)
{
    return password->length;
}

gboolean password_equal(const Password *a, const Password *b)
{
    return a->length == b->length && sodium_memcmp(a->text, b->text, a->length) == 0;
}
