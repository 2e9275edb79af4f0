/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/cgroup-units.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* A controller has some hundred groups; containers may nest, a loop in a directory tree cannot. */
#define MAX_GROUPS 16384
#define MAX_DEPTH  32

static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

typedef struct Search {
    GHashTable *wanted; /* ids not found yet, as keys and values */
    GHashTable *found;
    GString *path; /* of the group looked at, from the root of the hierarchy */
    guint groups;
    guint depth;
} Search;

/* What systemd takes for a name. A user may make other groups below one of his own. */
static const char unit_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";

static gboolean is_unit(const char *name, gsize length)
{
    static const char *const suffixes[] = {".service", ".socket", ".scope"};

    if (strspn(name, unit_characters) < length)
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        const gsize suffix = strlen(suffixes[i]);
        if (length > suffix && strncmp(name + length - suffix, suffixes[i], suffix) == 0)
            return TRUE;
    }
    return FALSE;
}

char *cgroup_units_unit_of_path(const char *path)
{
    const char *end = path + strlen(path);

    while (end > path) {
        const char *slash = memrchr(path, '/', (gsize)(end - path));
        const char *name = slash ? slash + 1 : path;
        /* systemd puts an underscore before names that could be a file of the kernel's. */
        const char *unit = *name == '_' ? name + 1 : name;
        if (is_unit(unit, (gsize)(end - unit)))
            return g_strndup(unit, (gsize)(end - unit));
        end = slash ? slash : path;
    }
    return NULL;
}

/* The kernel on 32-bit machines has only the lower half of an id for the inode number, and counts
 * in the upper half how often that began anew. */
static gpointer key_of(guint64 id)
{
    return GUINT_TO_POINTER((guint32)id);
}

static void take_group(Search *search, guint64 id)
{
    search->groups++;
    if (!g_hash_table_remove(search->wanted, key_of(id)))
        return;
    char *unit = cgroup_units_unit_of_path(search->path->str);
    if (unit)
        g_hash_table_insert(search->found, key_of(id), unit);
}

static gboolean is_over(const Search *search)
{
    return g_hash_table_size(search->wanted) == 0 || search->groups >= MAX_GROUPS;
}

static void look_into(Search *search, int parent, const char *name);

/* A group's id is the inode number of its directory. */
static void look_at_entry(Search *search, int directory, const struct dirent *entry)
{
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
        return;

    const gsize length = search->path->len;
    g_string_append_c(search->path, '/');
    g_string_append(search->path, entry->d_name);
    take_group(search, entry->d_ino);
    if (search->depth < MAX_DEPTH)
        look_into(search, directory, entry->d_name);
    g_string_truncate(search->path, length);
}

static void look_into(Search *search, int parent, const char *name)
{
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    DIR *directory = fdopendir(fd);
    if (!directory) {
        close(fd);
        return;
    }

    const struct dirent *entry;
    search->depth++;
    while (!is_over(search) && (entry = readdir(directory)))
        look_at_entry(search, fd, entry);
    search->depth--;
    closedir(directory);
}

static const char *find_root(void)
{
    struct statfs file_system;

    for (guint i = 0; i < G_N_ELEMENTS(roots); i++)
        if (statfs(roots[i], &file_system) == 0 && file_system.f_type == CGROUP2_SUPER_MAGIC)
            return roots[i];
    return NULL;
}

GHashTable *cgroup_units_find(const GArray *ids)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) path = g_string_new(NULL);
    GHashTable *found = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    const char *root = find_root();

    for (guint i = 0; i < ids->len; i++)
        g_hash_table_add(wanted, key_of(g_array_index(ids, guint64, i)));
    Search search = {.wanted = wanted, .found = found, .path = path};
    if (root)
        look_into(&search, AT_FDCWD, root);
    return found;
}

const char *cgroup_units_lookup(GHashTable *units, guint64 id)
{
    return g_hash_table_lookup(units, key_of(id));
}
