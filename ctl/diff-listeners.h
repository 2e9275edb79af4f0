/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who on this machine waits on a port that a change of policy closes. */
#pragma once

#include "ctl/closing-ports.h"

/*
 * Adds to each of @changes, elements of Diff, the member Listeners: an array of objects with
 * Protocol, Address, Port, Unit, User (a number) and Processes, which are objects with Pid and
 * Name. Listeners that only this machine can reach are left out: secpold leaves them alone. FALSE,
 * leaving @changes, where the kernel does not tell.
 */
gboolean diff_add_listeners(JsonArray *changes, JsonArray *items, GError **error);

/* "cupsd (pid 812, cups.service) listens on 631/tcp"; NULL where no process is known. Free with
 * g_free(). */
char *diff_listener_to_text(JsonObject *listener);
