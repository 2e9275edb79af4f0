/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-storage-mounts.h"

#include <string.h>

#include "daemon/enforce/usb/usb-backing.h"
#include "daemon/enforce/usb/usb-mounts.h"
#include "daemon/policy/text.h"

/* More are not remembered of one interface. */
#define MAX_MOUNTS 8

#define POINT_MAX_BYTES 128

/* Read only where they are asked for: most passes have nothing to take away. */
static const GPtrArray *mounts_of(UsbStoragePass *pass)
{
    if (!pass->mounts)
        pass->mounts = usb_mounts_read();
    return pass->mounts;
}

GPtrArray *usb_storage_mount_points(UsbStoragePass *pass, const char *interface)
{
    const GPtrArray *mounts = mounts_of(pass);
    GPtrArray *points = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < mounts->len; i++) {
        const UsbMount *mount = g_ptr_array_index(mounts, i);
        if (usb_backing_contains(mount->interfaces, interface) && points->len < MAX_MOUNTS &&
            !usb_backing_contains(points, mount->point))
            g_ptr_array_add(points, g_strdup(mount->point));
    }
    return points;
}

static char *describe(guint major, guint minor, const char *point)
{
    return g_strdup_printf("%u:%u %s", major, minor, point);
}

void usb_storage_remember_mounts(UsbStoragePass *pass, UsbInterfaceState *interface)
{
    const GPtrArray *mounts = mounts_of(pass);

    for (guint i = 0; i < mounts->len && interface->mounts->len < MAX_MOUNTS; i++) {
        const UsbMount *mount = g_ptr_array_index(mounts, i);
        g_autofree char *text = describe(mount->major, mount->minor, mount->point);
        if (usb_backing_contains(mount->interfaces, interface->name) &&
            !usb_backing_contains(interface->mounts, text))
            g_ptr_array_add(interface->mounts, g_steal_pointer(&text));
    }
}

/* The texts of describe() for all mounts there are now. */
static GHashTable *read_present(void)
{
    GHashTable *present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
        return present;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(MountLine) line = {0};
        if (usb_mounts_parse_line(lines[i], &line))
            g_hash_table_add(present, describe(line.major, line.minor, line.point));
    }
    return present;
}

static void note_lingering(UsbStoragePass *pass, UsbInterfaceState *interface, GHashTable *present)
{
    for (guint i = interface->mounts->len; i > 0; i--) {
        const char *mount = g_ptr_array_index(interface->mounts, i - 1);
        if (!g_hash_table_contains(present, mount)) {
            g_ptr_array_remove_index(interface->mounts, i - 1);
            continue;
        }
        if (!interface->confirmed && !interface->heir)
            continue;
        g_autofree char *point = text_sanitize(strchr(mount, ' ') + 1, POINT_MAX_BYTES);
        usb_storage_pass_say(pass->lingering,
                             "%s is still mounted from %s, which is gone: close its files and "
                             "unmount it",
                             point, interface->name);
    }
}

void usb_storage_note_lingering(UsbStoragePass *pass)
{
    g_autoptr(GHashTable) present = NULL;
    GHashTableIter iterator;
    gpointer value;

    g_hash_table_iter_init(&iterator, pass->state->interfaces);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        UsbInterfaceState *interface = value;
        if (interface->mounts->len > 0 && !present)
            present = read_present();
        if (interface->mounts->len > 0)
            note_lingering(pass, interface, present);
        interface->heir = interface->heir && interface->mounts->len > 0;
    }
}
