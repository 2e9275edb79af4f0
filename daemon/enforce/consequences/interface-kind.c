/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/interface-kind.h"

#include <stdlib.h>
#include <string.h>

/* A VLAN on a bridge on a bond is three; nothing stands on itself. */
#define MAX_DEPTH 8

static char *attribute_path(const char *interface, const char *attribute)
{
    return g_build_filename("/sys/class/net", interface, attribute, NULL);
}

gboolean interface_kind_path_is_gadget(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);

    /* "gadget" until Linux 5.18, numbered since. */
    for (guint i = 0; parts[i]; i++)
        if (g_str_equal(parts[i], "gadget") || g_str_has_prefix(parts[i], "gadget."))
            return TRUE;
    return FALSE;
}

static gboolean is_gadget(const char *name)
{
    g_autofree char *link = attribute_path(name, "device");
    char *path = realpath(link, NULL);
    const gboolean gadget = path && interface_kind_path_is_gadget(path);

    free(path);
    return gadget;
}

static gboolean is_wireless(const char *name)
{
    g_autofree char *link = attribute_path(name, "phy80211");
    return g_file_test(link, G_FILE_TEST_EXISTS);
}

/* The only interface that this one stands on, or NULL. */
static char *find_lower(const char *name)
{
    g_autofree char *path = g_build_filename("/sys/class/net", name, NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    g_autofree char *lower = NULL;
    const char *entry;

    while (directory && (entry = g_dir_read_name(directory))) {
        if (!g_str_has_prefix(entry, "lower_"))
            continue;
        if (lower)
            return NULL;
        lower = g_strdup(entry + strlen("lower_"));
    }
    return g_steal_pointer(&lower);
}

static InterfaceKind find_own_kind(const char *name)
{
    if (is_wireless(name))
        return INTERFACE_WIRELESS;
    return is_gadget(name) ? INTERFACE_USB_DEVICE : INTERFACE_OTHER;
}

InterfaceKind interface_kind_find(const char *name, char **ret_base)
{
    g_autofree char *at = g_strdup(name);

    for (guint depth = 0; at && depth < MAX_DEPTH; depth++) {
        const InterfaceKind kind = find_own_kind(at);
        if (kind != INTERFACE_OTHER) {
            *ret_base = g_steal_pointer(&at);
            return kind;
        }
        char *lower = find_lower(at);
        g_free(at);
        at = lower;
    }
    *ret_base = NULL;
    return INTERFACE_OTHER;
}
