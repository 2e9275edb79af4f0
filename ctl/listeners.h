/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who on this machine waits on ports that an item closes. */
#pragma once

#include "ctl/closing-ports.h"

typedef struct Listeners Listeners;

/* Looks once for all who wait on these ports; NETLINK_CLIENT_ERROR where the kernel does not tell.
 */
Listeners *listeners_survey(const ClosingPorts *ports, GError **error);
void listeners_free(Listeners *listeners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listeners, listeners_free)

/*
 * Those of them on @ports: an array of objects with Protocol, Address, Port, Unit, User (a number),
 * Loopback (only this machine reaches it, and secpold leaves it alone) and Processes, which are
 * objects with Pid and Name.
 */
JsonArray *listeners_on(const Listeners *listeners, const ClosingPorts *ports);

/* "cupsd (pid 812, cups.service) listens on 631/tcp"; NULL where no process is known. Free with
 * g_free(). */
char *listener_to_text(JsonObject *listener);
