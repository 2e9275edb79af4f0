/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/socket-owners.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static void socket_owner_free(gpointer data)
{
    SocketOwner *owner = data;
    g_free(owner->name);
    g_free(owner);
}

static void owners_unref(gpointer data)
{
    g_ptr_array_unref(data);
}

guint32 socket_inode_from_link(const char *target)
{
    static const char prefix[] = "socket:[";

    gsize length = strlen(target);
    if (!g_str_has_prefix(target, prefix) || target[length - 1] != ']') {
        return 0;
    }
    g_autofree char *digits = g_strndup(target + strlen(prefix), length - strlen(prefix) - 1);
    guint64 inode;
    return g_ascii_string_to_unsigned(digits, 10, 1, G_MAXUINT32, &inode, NULL) ? (guint32)inode
                                                                                : 0;
}

static SocketOwner *owner_new(pid_t process)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/comm", process);
    SocketOwner *owner = g_new0(SocketOwner, 1);
    owner->process = process;
    if (!g_file_get_contents(path, &owner->name, NULL, NULL)) {
        owner->name = g_strdup("?");
    }
    g_strchomp(owner->name);
    return owner;
}

/* A process that holds a socket by several descriptors is listed once. */
static void add_owner(GHashTable *owners, guint32 inode, pid_t process)
{
    GPtrArray *list = g_hash_table_lookup(owners, GUINT_TO_POINTER(inode));
    if (!list) {
        list = g_ptr_array_new_with_free_func(socket_owner_free);
        g_hash_table_insert(owners, GUINT_TO_POINTER(inode), list);
    }
    const SocketOwner *last = list->len > 0 ? g_ptr_array_index(list, list->len - 1) : NULL;
    if (!last || last->process != process) {
        g_ptr_array_add(list, owner_new(process));
    }
}

static void visit_process(pid_t process, GHashTable *inodes, GHashTable *owners)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/fd", process);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *link = g_build_filename(path, name, NULL);
        char target[PATH_MAX];
        ssize_t length = readlink(link, target, sizeof target - 1);
        target[MAX(length, 0)] = '\0';
        guint32 inode = socket_inode_from_link(target);
        if (inode != 0 && g_hash_table_contains(inodes, GUINT_TO_POINTER(inode))) {
            add_owner(owners, inode, process);
        }
    }
}

static gint compare_owners(gconstpointer a, gconstpointer b)
{
    const SocketOwner *left = *(const SocketOwner *const *)a;
    const SocketOwner *right = *(const SocketOwner *const *)b;
    return left->process < right->process ? -1 : left->process > right->process;
}

GHashTable *socket_owners_find(GHashTable *inodes)
{
    GHashTable *owners = g_hash_table_new_full(NULL, NULL, NULL, owners_unref);
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (processes && (name = g_dir_read_name(processes))) {
        guint64 process;
        if (g_ascii_string_to_unsigned(name, 10, 1, G_MAXINT32, &process, NULL)) {
            visit_process((pid_t)process, inodes, owners);
        }
    }
    GHashTableIter iter;
    gpointer list;
    g_hash_table_iter_init(&iter, owners);
    while (g_hash_table_iter_next(&iter, NULL, &list)) {
        g_ptr_array_sort(list, compare_owners);
    }
    return owners;
}
