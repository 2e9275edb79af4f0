/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-mounts.h"

#include <string.h>

#include "daemon/enforce/usb/usb-backing.h"

/* An overlay of an image in a file on a stick is two. */
#define MAX_DEPTH 4

/* A mount and what it lies on. */
typedef struct Mount {
    MountLine line;
    UsbBacking *backing;
} Mount;

static void mount_free(gpointer data)
{
    Mount *mount = data;

    mount_line_clear(&mount->line);
    usb_backing_free(mount->backing);
    g_free(mount);
}

/* By its name, for the node itself is out of sight of a service with PrivateDevices=. */
static void add_node(UsbBacking *backing, const char *node)
{
    if (!g_str_has_prefix(node, "/dev/"))
        return;
    g_autofree char *name = g_path_get_basename(node);
    g_autofree char *device = g_build_filename("/sys/class/block", name, NULL);
    usb_backing_add(backing, device);
}

/* File systems of several devices have numbers of their own; what they were mounted from tells.
 * What an overlay is made of counts as a file it lies on. */
static Mount *examine(MountLine *line)
{
    Mount *mount = g_new0(Mount, 1);

    mount->line = *line;
    memset(line, 0, sizeof(*line));
    mount->backing = usb_backing_new();
    if (mount->line.major != 0) {
        g_autofree char *device =
            g_strdup_printf("/sys/dev/block/%u:%u", mount->line.major, mount->line.minor);
        usb_backing_add(mount->backing, device);
        return mount;
    }
    add_node(mount->backing, mount->line.source);
    g_autoptr(GPtrArray) directories = usb_mounts_overlay_directories(mount->line.options);
    usb_backing_add_names(mount->backing->files, directories);
    return mount;
}

static GPtrArray *examine_all(void)
{
    GPtrArray *mounts = g_ptr_array_new_with_free_func(mount_free);
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

/* The mount that a file lies in: the last of those with the longest mount point. */
static const Mount *find_containing(const GPtrArray *mounts, const char *path)
{
    const Mount *found = NULL;

    for (guint i = 0; i < mounts->len; i++) {
        const Mount *mount = g_ptr_array_index(mounts, i);
        if (usb_mounts_is_below(path, mount->line.point) &&
            (!found || strlen(mount->line.point) >= strlen(found->line.point)))
            found = mount;
    }
    return found;
}

static void collect(const GPtrArray *mounts, const UsbBacking *backing, guint depth,
                    GPtrArray *interfaces)
{
    usb_backing_add_names(interfaces, backing->interfaces);
    for (guint i = 0; depth < MAX_DEPTH && i < backing->files->len; i++) {
        const Mount *below = find_containing(mounts, g_ptr_array_index(backing->files, i));
        if (below && below->backing != backing)
            collect(mounts, below->backing, depth + 1, interfaces);
    }
}

static void usb_mount_free(gpointer data)
{
    UsbMount *mount = data;

    g_free(mount->point);
    g_ptr_array_unref(mount->interfaces);
    g_free(mount);
}

static GPtrArray *make_usb_mounts(const GPtrArray *mounts)
{
    GPtrArray *on_usb = g_ptr_array_new_with_free_func(usb_mount_free);

    for (guint i = 0; i < mounts->len; i++) {
        const Mount *mount = g_ptr_array_index(mounts, i);
        g_autoptr(GPtrArray) interfaces = g_ptr_array_new_with_free_func(g_free);
        collect(mounts, mount->backing, 0, interfaces);
        if (interfaces->len == 0)
            continue;
        UsbMount *found = g_new0(UsbMount, 1);
        found->major = mount->line.major;
        found->minor = mount->line.minor;
        found->point = g_strdup(mount->line.point);
        found->interfaces = g_steal_pointer(&interfaces);
        g_ptr_array_add(on_usb, found);
    }
    return on_usb;
}

GPtrArray *usb_mounts_read(void)
{
    g_autoptr(GPtrArray) mounts = examine_all();
    return make_usb_mounts(mounts);
}

/* Essential */

static void usb_essential_free(gpointer data)
{
    UsbEssential *essential = data;

    g_free(essential->interface);
    g_free(essential->use);
    g_free(essential);
}

static const UsbEssential *find_essential(const GPtrArray *essentials, const char *interface)
{
    for (guint i = 0; i < essentials->len; i++) {
        const UsbEssential *essential = g_ptr_array_index(essentials, i);
        if (g_str_equal(essential->interface, interface))
            return essential;
    }
    return NULL;
}

static void add_essentials(GPtrArray *essentials, const GPtrArray *interfaces, const char *use)
{
    for (guint i = 0; i < interfaces->len; i++) {
        const char *interface = g_ptr_array_index(interfaces, i);
        if (find_essential(essentials, interface))
            continue;
        UsbEssential *essential = g_new0(UsbEssential, 1);
        essential->interface = g_strdup(interface);
        essential->use = g_strdup(use);
        g_ptr_array_add(essentials, essential);
    }
}

static gboolean is_essential(const char *point)
{
    static const char *const points[] = {"/", "/boot", "/usr", "/var"};

    for (gsize i = 0; i < G_N_ELEMENTS(points); i++)
        if (g_str_equal(point, points[i]))
            return TRUE;
    return FALSE;
}

/* A line begins with the device or file, and a heading stands before the first. */
static void add_swap(GPtrArray *essentials, const GPtrArray *mounts)
{
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/swaps", &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *encoded = g_strndup(lines[i], strcspn(lines[i], " \t"));
        g_autofree char *path = g_strcompress(encoded);
        g_autoptr(UsbBacking) backing = usb_backing_new();
        g_autoptr(GPtrArray) interfaces = g_ptr_array_new_with_free_func(g_free);
        if (g_str_has_prefix(path, "/dev/"))
            add_node(backing, path);
        else if (*path == '/')
            g_ptr_array_add(backing->files, g_strdup(path));
        collect(mounts, backing, 0, interfaces);
        add_essentials(essentials, interfaces, "swap");
    }
}

static GPtrArray *find_essentials(const GPtrArray *mounts)
{
    GPtrArray *essentials = g_ptr_array_new_with_free_func(usb_essential_free);
    g_autoptr(GPtrArray) on_usb = make_usb_mounts(mounts);

    for (guint i = 0; i < on_usb->len; i++) {
        const UsbMount *mount = g_ptr_array_index(on_usb, i);
        if (is_essential(mount->point))
            add_essentials(essentials, mount->interfaces, mount->point);
    }
    add_swap(essentials, mounts);
    return essentials;
}

GPtrArray *usb_mounts_essential(void)
{
    g_autoptr(GPtrArray) mounts = examine_all();
    return find_essentials(mounts);
}
