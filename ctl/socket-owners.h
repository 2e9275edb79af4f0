/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes hold a socket, as far as /proc lets the caller see: all of them as root, else
 * those of the caller. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct SocketOwner {
    pid_t process;
    char *name; /* as ps -o comm shows it; any bytes */
} SocketOwner;

/* Walks /proc once. From inode, as by GUINT_TO_POINTER(), to GPtrArray of SocketOwner, by process;
 * only for the inodes that @inodes, a set of the same, contains. */
GHashTable *socket_owners_find(GHashTable *inodes);

/* The inode in the target of a link /proc/PID/fd/N, "socket:[4711]"; 0 for anything else. */
guint32 socket_inode_from_link(const char *target);
