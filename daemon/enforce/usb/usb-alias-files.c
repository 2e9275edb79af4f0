/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/usb/usb-alias-files.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "daemon/enforce/sysfs.h"

static const struct {
    const char *name;
    void (*take)(UsbAliases *aliases, const char *text, gsize length);
} files[] = {
    {"modules.alias", usb_aliases_add_list},
    {"modules.builtin.modinfo", usb_aliases_add_builtin},
};

char *usb_alias_files_directory(const char *runtime_directory)
{
    g_autofree char *shown = g_build_filename(runtime_directory, USB_ALIAS_SHOWN_DIRECTORY, NULL);
    g_auto(GStrv) releases = sysfs_list(shown);

    return releases[0] ? g_steal_pointer(&shown) : g_strdup(USB_ALIAS_DIRECTORY);
}

static char *file_path(const char *directory, const char *name)
{
    struct utsname system;

    uname(&system);
    return g_build_filename(directory, system.release, name, NULL);
}

/* Mapped, so that the megabyte stays the page cache's. */
static void read_file(UsbAliases *aliases, const char *path,
                      void (*take)(UsbAliases *aliases, const char *text, gsize length))
{
    struct stat status;

    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return;
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    if (file && g_mapped_file_get_length(file) > 0)
        take(aliases, g_mapped_file_get_contents(file),
             MIN(g_mapped_file_get_length(file), USB_ALIAS_FILE_MAX_BYTES));
}

UsbAliases *usb_alias_files_read(const char *directory)
{
    UsbAliases *aliases = usb_aliases_new();

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = file_path(directory, files[i].name);
        read_file(aliases, path, files[i].take);
    }
    return aliases;
}

gboolean usb_alias_files_are_there(const char *directory)
{
    g_autofree char *path = file_path(directory, files[0].name);
    return access(path, R_OK) == 0;
}

static guint64 mix(guint64 stamp, guint64 value)
{
    return (stamp ^ value) * 0x100000001b3u;
}

guint64 usb_alias_files_stamp(const char *directory)
{
    guint64 stamp = 0xcbf29ce484222325u;

    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = file_path(directory, files[i].name);
        struct stat status;
        if (stat(path, &status) < 0)
            continue;
        stamp = mix(stamp, (guint64)status.st_ino);
        stamp = mix(stamp, (guint64)status.st_size);
        stamp = mix(stamp, (guint64)status.st_mtim.tv_sec);
        stamp = mix(stamp, (guint64)status.st_mtim.tv_nsec);
    }
    return stamp;
}
