/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb-mounts.h"

#include <stdlib.h>
#include <string.h>

/* LUKS in LVM on a RAID of partitions is four. */
#define MAX_DEPTH 8

typedef struct UsbMount {
    char *point;
    GPtrArray *interfaces; /* element type char: USB interfaces that the file system lies on */
} UsbMount;

static void usb_mount_free(gpointer data)
{
    UsbMount *mount = data;

    g_free(mount->point);
    g_ptr_array_unref(mount->interfaces);
    g_free(mount);
}

void mount_line_clear(MountLine *line)
{
    g_clear_pointer(&line->point, g_free);
    g_clear_pointer(&line->source, g_free);
}

static gboolean parse_device_number(const char *text, MountLine *line)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    guint64 major, minor;

    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXUINT, &major, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXUINT, &minor, NULL))
        return FALSE;
    line->major = (guint)major;
    line->minor = (guint)minor;
    return TRUE;
}

/* Blank, tab, newline and backslash stand there as three octal digits, which is what
 * g_strcompress() understands. */
gboolean usb_mounts_parse_line(const char *text, MountLine *ret)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", -1);
    const guint n_fields = g_strv_length(fields);
    guint separator = 6;
    MountLine line = {0};

    while (separator < n_fields && !g_str_equal(fields[separator], "-"))
        separator++;
    if (separator + 2 >= n_fields || !parse_device_number(fields[2], &line))
        return FALSE;
    line.point = g_strcompress(fields[4]);
    line.source = g_strcompress(fields[separator + 2]);
    *ret = line;
    return TRUE;
}

/* "1-1.4:1.0": bus, ports, configuration and interface. */
static gboolean is_usb_interface(const char *name, gsize length)
{
    const gsize digits = strspn(name, "0123456789");

    return digits > 0 && name[digits] == '-' && memchr(name, ':', length) &&
           strspn(name + digits, "0123456789.:-") >= length - digits;
}

char *usb_mounts_interface_of_path(const char *path)
{
    gboolean on_usb = FALSE;

    while (*path == '/')
        path++;
    for (const char *at = path; *at != '\0';) {
        const gsize length = strcspn(at, "/");
        if (on_usb && is_usb_interface(at, length))
            return g_strndup(path, (gsize)(at + length - path));
        on_usb = on_usb || strncmp(at, "usb", 3) == 0;
        at += length + (at[length] == '/');
    }
    return NULL;
}

static void add_interfaces(GPtrArray *interfaces, const char *device, guint depth);

/* What a device-mapper or RAID device is made of. */
static void add_slaves(GPtrArray *interfaces, const char *device, guint depth)
{
    g_autofree char *path = g_build_filename(device, "slaves", NULL);
    g_autoptr(GDir) directory = depth < MAX_DEPTH ? g_dir_open(path, 0, NULL) : NULL;
    const char *entry;

    while (directory && (entry = g_dir_read_name(directory))) {
        g_autofree char *slave = g_build_filename(path, entry, NULL);
        add_interfaces(interfaces, slave, depth + 1);
    }
}

static void add_interfaces(GPtrArray *interfaces, const char *device, guint depth)
{
    char *path = realpath(device, NULL);
    if (!path)
        return;

    char *interface = usb_mounts_interface_of_path(path);
    if (interface)
        g_ptr_array_add(interfaces, interface);
    else
        add_slaves(interfaces, path, depth);
    free(path);
}

static void add_interfaces_of_number(GPtrArray *interfaces, const MountLine *line)
{
    g_autofree char *device = g_strdup_printf("/sys/dev/block/%u:%u", line->major, line->minor);
    add_interfaces(interfaces, device, 0);
}

/* By its name, for the node itself is out of sight of a service with PrivateDevices=. */
static void add_interfaces_of_node(GPtrArray *interfaces, const char *node)
{
    if (!g_str_has_prefix(node, "/dev/"))
        return;
    g_autofree char *name = g_path_get_basename(node);
    g_autofree char *device = g_build_filename("/sys/class/block", name, NULL);
    add_interfaces(interfaces, device, 0);
}

/* File systems of several devices have numbers of their own; what they were mounted from tells. */
static UsbMount *examine(MountLine *line)
{
    UsbMount *mount = g_new0(UsbMount, 1);

    mount->point = g_steal_pointer(&line->point);
    mount->interfaces = g_ptr_array_new_with_free_func(g_free);
    if (line->major == 0)
        add_interfaces_of_node(mount->interfaces, line->source);
    else
        add_interfaces_of_number(mount->interfaces, line);
    return mount;
}

static GPtrArray *examine_all(void)
{
    GPtrArray *mounts = g_ptr_array_new_with_free_func(usb_mount_free);
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
        return mounts;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(MountLine) line = {0};
        if (usb_mounts_parse_line(lines[i], &line))
            g_ptr_array_add(mounts, examine(&line));
    }
    return mounts;
}

static gboolean is_essential(const char *point)
{
    return g_str_equal(point, "/") || g_str_equal(point, "/boot") || g_str_equal(point, "/var");
}

static gboolean contains(const GPtrArray *strings, const char *string)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)strings, string, g_str_equal, NULL);
}

/* Whether the mount lies on USB and on none of the interfaces that are spared. */
static gboolean goes_away(const UsbMount *mount, const GPtrArray *spared)
{
    for (guint i = 0; i < mount->interfaces->len; i++)
        if (contains(spared, g_ptr_array_index(mount->interfaces, i)))
            return FALSE;
    return mount->interfaces->len > 0;
}

/* A line begins with the device or file, and a heading stands before the first. */
static void add_interfaces_of_swap(GPtrArray *interfaces)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/swaps", &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        lines[i][strcspn(lines[i], " \t")] = '\0';
        add_interfaces_of_node(interfaces, lines[i]);
    }
}

/* USB interfaces that carry what the machine runs from; element type char. */
static GPtrArray *find_spared(const GPtrArray *mounts)
{
    GPtrArray *spared = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < mounts->len; i++) {
        const UsbMount *mount = g_ptr_array_index(mounts, i);
        for (guint j = 0; is_essential(mount->point) && j < mount->interfaces->len; j++)
            g_ptr_array_add(spared, g_strdup(g_ptr_array_index(mount->interfaces, j)));
    }
    add_interfaces_of_swap(spared);
    return spared;
}

GPtrArray *usb_mounts_find(void)
{
    g_autoptr(GPtrArray) mounts = examine_all();
    g_autoptr(GPtrArray) spared = find_spared(mounts);
    GPtrArray *points = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < mounts->len; i++) {
        const UsbMount *mount = g_ptr_array_index(mounts, i);
        if (goes_away(mount, spared) && !contains(points, mount->point))
            g_ptr_array_add(points, g_strdup(mount->point));
    }
    return points;
}
