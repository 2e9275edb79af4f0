/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/local-port-range.h"

/* @text is "32768<tab>60999". */
static gboolean parse(const char *text, PortRange *ret)
{
    g_auto(GStrv) words = g_strsplit_set(text, "\t ", -1);
    guint64 first = 0, last = 0;
    if (g_strv_length(words) != 2 ||
        !g_ascii_string_to_unsigned(words[0], 10, 1, G_MAXUINT16, &first, NULL) ||
        !g_ascii_string_to_unsigned(words[1], 10, first, G_MAXUINT16, &last, NULL))
        return FALSE;
    *ret = (PortRange){.first = (guint16)first, .last = (guint16)last};
    return TRUE;
}

gboolean local_port_range_read(PortRange *ret, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(LOCAL_PORT_RANGE_PATH, &text, NULL, error))
        return FALSE;
    if (parse(g_strchomp(text), ret))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                LOCAL_PORT_RANGE_PATH " holds \"%s\" instead of two port numbers; "
                                      "set it with sysctl net.ipv4.ip_local_port_range",
                text);
    return FALSE;
}
