/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a file that a password is read from: the first line is the password, or it is
 * refused without a word of it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/state/password.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/scratch.h"

static void check_good(const Password *password, const uint8_t *data, size_t size)
{
    const gsize length = password_length(password);
    const char *text = password_text(password);

    g_assert_cmpuint(length, >=, 1);
    g_assert_cmpuint(length, <=, PASSWORD_MAX_BYTES);
    g_assert_cmpuint(strlen(text), ==, length);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_true(length <= size && memcmp(text, data, length) == 0);
    g_assert_true(length == size || data[length] == '\n' || data[length] == '\r');
    g_autoptr(Password) again = password_new(text, length, NULL);
    g_assert_true(password_equal(password, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int fd = open(scratch_file("password", data, size), O_RDONLY | O_CLOEXEC);
    g_autoptr(GError) error = NULL;
    g_autoptr(Password) password = password_read_line(fd, &error);

    g_assert_true((password == NULL) == (error != NULL));
    if (password)
        check_good(password, data, size);
    else
        g_assert_true(size < 8 || !memmem(error->message, strlen(error->message), data, 8));
    close(fd);
    return 0;
}
