/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/reserved-list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Every other port of 65536, each with five digits and a comma, is the longest list: 192 KiB. The
 * kernel gives what fits into the first read and nothing to a second one. */
#define LONGEST_LIST 262144

static void set_error(GError **error, const char *what)
{
    const int number = errno;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number),
                "Cannot %s " RESERVED_LIST_PATH ": %s", what, g_strerror(number));
}

gboolean reserved_list_read(PortSet *ret, GError **error)
{
    const int fd = open(RESERVED_LIST_PATH, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        set_error(error, "open");
        return FALSE;
    }

    g_autoptr(GString) text = g_string_sized_new(LONGEST_LIST);
    const ssize_t length = read(fd, text->str, LONGEST_LIST);
    if (length < 0)
        set_error(error, "read");
    close(fd);
    if (length < 0)
        return FALSE;
    g_string_set_size(text, (gsize)length);
    return port_set_from_string(text->str, ret, error);
}

static gboolean write_all(int fd, const char *text)
{
    for (gsize left = strlen(text); left > 0;) {
        const ssize_t written = write(fd, text, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return FALSE;
        text += written;
        left -= (gsize)written;
    }
    return TRUE;
}

gboolean reserved_list_write(const PortSet *list, GError **error)
{
    g_autofree char *ports = port_set_to_string(list);
    /* The newline alone empties the list; nothing at all would be ignored. */
    g_autofree char *text = g_strconcat(ports, "\n", NULL);
    const int fd = open(RESERVED_LIST_PATH, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        set_error(error, "open");
        return FALSE;
    }

    const gboolean ok = write_all(fd, text);
    if (!ok)
        set_error(error, "write");
    close(fd);
    return ok;
}
