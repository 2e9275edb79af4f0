/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/system-name.h"

#include <string.h>

#define INTERFACE_MAX_LENGTH 15  /* IFNAMSIZ less the NUL */
#define BUS_NAME_MAX_LENGTH  255 /* D-Bus specification */

gboolean system_name_is_interface(const char *name)
{
    if (strlen(name) > INTERFACE_MAX_LENGTH || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return FALSE;
    for (const char *at = name; *at != '\0'; at++)
        if (!g_ascii_isgraph(*at) || strchr("/:*", *at) != NULL)
            return FALSE;
    return *name != '\0';
}

static gboolean is_bus_name_element(const char *element)
{
    if (*element == '\0' || g_ascii_isdigit(*element))
        return FALSE;
    for (const char *at = element; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && *at != '_' && *at != '-')
            return FALSE;
    return TRUE;
}

gboolean system_name_is_bus_name(const char *name)
{
    if (strlen(name) > BUS_NAME_MAX_LENGTH)
        return FALSE;
    g_auto(GStrv) elements = g_strsplit(name, ".", -1);
    for (char **element = elements; *element != NULL; element++)
        if (!is_bus_name_element(*element))
            return FALSE;
    return TRUE;
}
