/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/mount-check.h"

#include <mntent.h>
#include <stdio.h>
#include <string.h>

#include "daemon/state/mount-table.h"

/* Mount units made from fstab are included. */
static const char *const unit_directories[] = {
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/run/systemd/generator.late",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    NULL,
};

const MountTables mount_tables_system = {"/etc/fstab", "/proc/self/mountinfo", unit_directories};

G_DEFINE_QUARK(secpold_mount_error, mount_error)

static gboolean is_at(const struct mntent *entry, const char *mount_point)
{
    g_autofree char *path = g_canonicalize_filename(entry->mnt_dir, "/");
    return g_str_equal(path, mount_point);
}

static gboolean is_listed(const char *table, const char *mount_point)
{
    FILE *file = setmntent(table, "re");
    gboolean found = FALSE;

    if (!file)
        return FALSE;
    for (const struct mntent *entry = getmntent(file); entry && !found; entry = getmntent(file))
        found = is_at(entry, mount_point);
    endmntent(file);
    return found;
}

/* The name of the mount unit of a path, as systemd.unit(5) escapes it. */
static char *mount_unit(const char *mount_point)
{
    g_autoptr(GString) name = g_string_new(NULL);

    for (const char *c = mount_point + 1; *c; c++) {
        if (*c == '/')
            g_string_append_c(name, '-');
        else if (g_ascii_isalnum(*c) || *c == '_' || *c == ':' || (*c == '.' && name->len > 0))
            g_string_append_c(name, *c);
        else
            g_string_append_printf(name, "\\x%02x", (guint)(guchar)*c);
    }
    g_string_append(name, ".mount");
    return g_string_free(g_steal_pointer(&name), FALSE);
}

static gboolean has_unit(const char *const *directories, const char *mount_point)
{
    g_autofree char *unit = mount_unit(mount_point);

    for (; *directories; directories++) {
        g_autofree char *path = g_build_filename(*directories, unit, NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_wanted(const MountTables *tables, const char *mount_point)
{
    return is_listed(tables->fstab, mount_point) || has_unit(tables->unit_directories, mount_point);
}

gboolean mount_check(const MountTables *tables, const char *directory, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(directory, "/");
    g_autoptr(MountTable) mounted = mount_table_read(tables->mounted);

    while (strlen(path) > 1) {
        if (is_wanted(tables, path) && !mount_table_has(mounted, path)) {
            g_set_error(error, MOUNT_ERROR, MOUNT_ERROR_NOT_MOUNTED,
                        "%s: its file system %s is not mounted", directory, path);
            return FALSE;
        }
        char *parent = g_path_get_dirname(path);
        g_free(path);
        path = parent;
    }
    return TRUE;
}
