/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a change of policy cuts the way by which somebody is working on this machine. */
#pragma once

#include "ctl/closing-ports.h"
#include "ctl/ssh-path.h"

/* By which ways this machine is in touch with its caller and the rest of the world. */
typedef struct Paths {
    SshPath *ssh;              /* NULL where there is none, or where it ends at loopback */
    char *ssh_entry;           /* interface with the server's address; NULL where not known */
    GPtrArray *default_routes; /* element type char, names of interfaces; never NULL */
} Paths;

Paths *paths_survey(void);
void paths_free(Paths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paths, paths_free)

/* Adds a sentence to @warnings for each path that one of @changes, elements of Diff, cuts. @items
 * as of manager_client_items(). */
void cut_path_add_warnings(const Paths *paths, JsonArray *changes, JsonArray *items,
                           JsonArray *warnings);

/* The same where @changes are to be made on another machine, @host, whose routes are not known
 * here: a sentence for each of them that may stop the interface, or closes the port, by which SSH
 * gets there. */
void cut_path_add_remote_warnings(const char *host, JsonArray *changes, JsonArray *items,
                                  JsonArray *warnings);
