/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-backing.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/enforce/sysfs.h"

/* LUKS in LVM on a RAID of partitions is four. */
#define MAX_DEPTH 8

UsbBacking *usb_backing_new(void)
{
    UsbBacking *backing = g_new0(UsbBacking, 1);

    backing->interfaces = g_ptr_array_new_with_free_func(g_free);
    backing->files = g_ptr_array_new_with_free_func(g_free);
    return backing;
}

void usb_backing_free(UsbBacking *backing)
{
    if (!backing)
        return;
    g_ptr_array_unref(backing->interfaces);
    g_ptr_array_unref(backing->files);
    g_free(backing);
}

gboolean usb_backing_contains(const GPtrArray *names, const char *name)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

/* Takes @name. */
static void add_name(GPtrArray *names, char *name)
{
    if (usb_backing_contains(names, name))
        g_free(name);
    else
        g_ptr_array_add(names, name);
}

void usb_backing_add_names(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++)
        add_name(to, g_strdup(g_ptr_array_index(from, i)));
}

/* "1-1.4:1.0": bus, ports, configuration and interface. */
static gboolean is_usb_interface(const char *name, gsize length)
{
    const gsize digits = strspn(name, "0123456789");

    return digits > 0 && name[digits] == '-' && memchr(name, ':', length) &&
           strspn(name + digits, "0123456789.:-") >= length - digits;
}

char *usb_backing_interface_of_path(const char *path)
{
    gboolean on_usb = FALSE;

    while (*path != '\0') {
        const gsize length = strcspn(path, "/");
        if (on_usb && is_usb_interface(path, length))
            return g_strndup(path, length);
        on_usb = on_usb || strncmp(path, "usb", 3) == 0;
        path += length + (path[length] == '/');
    }
    return NULL;
}

static void add_device(UsbBacking *backing, const char *device, guint depth);

/* What a device-mapper or RAID device is made of. */
static void add_slaves(UsbBacking *backing, const char *device, guint depth)
{
    g_autofree char *directory = g_build_filename(device, "slaves", NULL);
    g_auto(GStrv) slaves = sysfs_list(directory);

    for (guint i = 0; depth < MAX_DEPTH && slaves[i]; i++) {
        g_autofree char *slave = g_build_filename(directory, slaves[i], NULL);
        add_device(backing, slave, depth + 1);
    }
}

static void add_file(UsbBacking *backing, const char *device)
{
    g_autofree char *attribute = g_build_filename(device, "loop/backing_file", NULL);
    char *file = sysfs_read(attribute);

    if (file)
        add_name(backing->files, file);
}

static void add_device(UsbBacking *backing, const char *device, guint depth)
{
    char *path = realpath(device, NULL);
    if (!path)
        return;

    char *interface = usb_backing_interface_of_path(path);
    if (interface) {
        add_name(backing->interfaces, interface);
    } else {
        add_slaves(backing, path, depth);
        add_file(backing, path);
    }
    free(path);
}

void usb_backing_add(UsbBacking *backing, const char *device)
{
    add_device(backing, device, 0);
}
