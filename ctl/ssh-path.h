/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SSH connection that the caller sits at the other end of. */
#pragma once

#include <glib.h>
#include <sys/types.h>

typedef struct SshPath {
    char *client_address; /* IPv4 or IPv6; a link-local one may end in %INTERFACE */
    guint client_port;    /* 1 to 65535 */
    char *server_address; /* this machine's, as above */
    guint server_port;
} SshPath;

void ssh_path_free(SshPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SshPath, ssh_path_free)

/* Reads the value of $SSH_CONNECTION: client address, client port, server address, server port.
 * NULL where it is anything else. */
SshPath *ssh_path_parse(const char *text);

/* The value of variable @name in a block of NUL-terminated "NAME=value" strings, as
 * /proc/PID/environ has it; NULL where it is not set. The last string may lack its NUL, so that the
 * result is a copy. Free with g_free(). */
char *ssh_path_environment_value(const char *block, gsize length, const char *name);

/* The parent in the text of /proc/PID/stat, where the command's name, in parentheses, may hold
 * blanks and parentheses itself. 0 where the text is anything else. */
pid_t ssh_path_parent(const char *stat);

/* The caller's connection: from the environment or, as sudo strips it, from that of the nearest
 * ancestor that has it and lets itself be read. NULL where there is none. */
SshPath *ssh_path_find(void);
