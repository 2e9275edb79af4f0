/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/remote-host.h"

#include <string.h>

/* RFC 4253, 4.1; another one that @host does not name is known to ssh's configuration alone. */
#define SSH_PORT 22

/* Where the name ends: at the colon of a port, at the slash of a container, at the bracket that
 * closes an address, or with the text. */
static gsize name_length(const char *host)
{
    const char *bracket = strchr(host, ']');
    return bracket ? (gsize)(bracket - host) : strcspn(host, ":/");
}

/* 0 where @host names none. */
static guint named_port(const char *host)
{
    const char *rest = host + name_length(host);
    rest += *rest == ']' ? 1 : 0;
    g_autofree char *digits = *rest == ':' ? g_strndup(rest + 1, strcspn(rest + 1, "/")) : NULL;
    guint64 port = 0;
    if (digits) {
        (void)g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT16, &port, NULL);
    }
    return (guint)port;
}

guint remote_host_port(const char *host)
{
    guint port = named_port(host);
    return port > 0 ? port : SSH_PORT;
}

char *remote_host_ssh(const char *host)
{
    guint port = named_port(host);
    GString *command = g_string_new("ssh ");
    if (port > 0) {
        g_string_append_printf(command, "-p %u ", port);
    }
    for (gsize i = 0; i < name_length(host); i++) {
        if (host[i] != '[') {
            g_string_append_c(command, host[i]);
        }
    }
    return g_string_free(command, FALSE);
}
