/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/uevent.h"

#include <string.h>

/* A property is KEY=VALUE with a key. */
static gboolean is_property(const char *text)
{
    const char *equals = strchr(text, '=');
    return equals && equals > text;
}

static const char *value_of(const char *property, const char *key)
{
    const gsize length = strlen(key);
    return strncmp(property, key, length) == 0 && property[length] == '=' ? property + length + 1
                                                                          : NULL;
}

/* One look at each property: these are most of what an irrelevant message costs. */
static void take_property(const char *property, Uevent *uevent)
{
    const char *value;

    switch (property[0]) {
    case 'A':
        if (!uevent->action && (value = value_of(property, "ACTION")))
            uevent->action = value;
        break;
    case 'D':
        if (!uevent->devpath && (value = value_of(property, "DEVPATH")))
            uevent->devpath = value;
        else if (!uevent->devtype && (value = value_of(property, "DEVTYPE")))
            uevent->devtype = value;
        break;
    case 'S':
        if (!uevent->subsystem && (value = value_of(property, "SUBSYSTEM")))
            uevent->subsystem = value;
        break;
    default:
        break;
    }
}

static gboolean is_whole(const Uevent *uevent)
{
    return uevent->action && *uevent->action && uevent->devpath && *uevent->devpath == '/' &&
           uevent->subsystem && *uevent->subsystem;
}

gboolean uevent_parse(const char *message, gsize length, Uevent *ret)
{
    if (length == 0 || message[length - 1] != '\0' || !strstr(message, "@/"))
        return FALSE;

    const char *end = message + length;
    const char *properties = message + strlen(message) + 1;
    Uevent uevent = {.properties = properties, .length = (gsize)(end - properties)};
    for (const char *p = properties; p < end; p += strlen(p) + 1) {
        if (!is_property(p))
            return FALSE;
        take_property(p, &uevent);
    }
    if (!is_whole(&uevent))
        return FALSE;
    *ret = uevent;
    return TRUE;
}

const char *uevent_get(const Uevent *uevent, const char *key)
{
    const char *end = uevent->properties + uevent->length;

    for (const char *p = uevent->properties; p < end; p += strlen(p) + 1) {
        const char *value = value_of(p, key);
        if (value)
            return value;
    }
    return NULL;
}
