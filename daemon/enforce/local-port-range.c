/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/local-port-range.h"

#include <stdio.h>

gboolean local_port_range_read(PortRange *ret, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(LOCAL_PORT_RANGE_PATH, &text, NULL, error))
        return FALSE;

    guint first, last;
    if (sscanf(text, "%u %u", &first, &last) != 2 || first < 1 || last < first || last > 65535) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    LOCAL_PORT_RANGE_PATH " holds \"%s\" instead of two port numbers; "
                                          "set it with sysctl net.ipv4.ip_local_port_range",
                    g_strchomp(text));
        return FALSE;
    }
    *ret = (PortRange){.first = (guint16)first, .last = (guint16)last};
    return TRUE;
}
