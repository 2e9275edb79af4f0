/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/state/mount-table.h"

#include <string.h>

/* Mount, parent mount, device, root within the file system, mount point; the rest is not needed. */
enum {
    FIELD_ID,
    FIELD_PARENT,
    FIELD_DEVICE,
    FIELD_ROOT,
    FIELD_POINT,
    FIELD_REST,
    N_FIELDS
};

typedef struct Mount {
    char *id;
    char *parent;
    char *device;
    char *root;
    char *point;
} Mount;

struct MountTable {
    GPtrArray *mounts;
};

static void mount_free(Mount *mount)
{
    if (!mount)
        return;
    g_free(mount->id);
    g_free(mount->parent);
    g_free(mount->device);
    g_free(mount->root);
    g_free(mount->point);
    g_free(mount);
}

/* The kernel writes blanks and the like as \ooo. */
static Mount *parse_line(const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, " ", N_FIELDS);

    if (g_strv_length(fields) < N_FIELDS)
        return NULL;
    Mount *mount = g_new0(Mount, 1);
    mount->id = g_strdup(fields[FIELD_ID]);
    mount->parent = g_strdup(fields[FIELD_PARENT]);
    mount->device = g_strdup(fields[FIELD_DEVICE]);
    mount->root = g_strcompress(fields[FIELD_ROOT]);
    mount->point = g_strcompress(fields[FIELD_POINT]);
    return mount;
}

MountTable *mount_table_read(const char *path)
{
    MountTable *table = g_new0(MountTable, 1);
    g_autofree char *text = NULL;

    table->mounts = g_ptr_array_new_with_free_func((GDestroyNotify)mount_free);
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return table;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        Mount *mount = parse_line(*line);
        if (mount)
            g_ptr_array_add(table->mounts, mount);
    }
    return table;
}

void mount_table_free(MountTable *table)
{
    if (!table)
        return;
    g_ptr_array_unref(table->mounts);
    g_free(table);
}

static gboolean is_covered(const MountTable *table, const Mount *mount)
{
    for (guint i = 0; i < table->mounts->len; i++) {
        const Mount *other = g_ptr_array_index(table->mounts, i);
        if (other != mount && g_str_equal(other->parent, mount->id) &&
            g_str_equal(other->point, mount->point))
            return TRUE;
    }
    return FALSE;
}

static const Mount *uppermost_at(const MountTable *table, const char *point)
{
    for (guint i = 0; i < table->mounts->len; i++) {
        const Mount *mount = g_ptr_array_index(table->mounts, i);
        if (g_str_equal(mount->point, point) && !is_covered(table, mount))
            return mount;
    }
    return NULL;
}

/* The mount in which the directory lies that @mount is mounted on. */
static const Mount *enclosing(const MountTable *table, const Mount *mount)
{
    g_autofree char *path = g_strdup(mount->point);
    const Mount *found = NULL;

    while (!found && path[1]) {
        char *parent = g_path_get_dirname(path);
        g_free(path);
        path = parent;
        found = uppermost_at(table, path);
    }
    return found;
}

gboolean mount_table_has(const MountTable *table, const char *point)
{
    const Mount *mount = uppermost_at(table, point);
    const Mount *outer = mount ? enclosing(table, mount) : NULL;

    if (!outer)
        return mount != NULL;
    g_autofree char *same = g_build_filename(outer->root, point + strlen(outer->point), NULL);
    return !g_str_equal(mount->device, outer->device) || !g_str_equal(mount->root, same);
}
