/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls: user, groups and unit of a connection as the bus daemon vouches for them. Asked for
 * without blocking, remembered while the connection lives (a unique name is never given twice), and
 * told when it goes.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

typedef struct BusCaller {
    char *connection; /* unique bus name */
    uid_t uid;
    gboolean privileged; /* root, or in the group that may report */
    gboolean remembered; /* it will be told when it goes; FALSE where there was no room for that */
    char *unit;          /* systemd unit of its process, "" where unknown */
} BusCaller;

typedef struct BusCallers BusCallers;

/* Called once for every caller that is remembered, when it has left the bus. */
typedef void (*BusCallerGone)(const char *connection, gpointer data);

/* Called with the caller, or with NULL and the error where it cannot be told who calls. The message
 * is the one that was looked up; the handler has to reply. */
typedef int (*BusCallerKnown)(sd_bus_message *message, const BusCaller *caller,
                              const sd_bus_error *error, gpointer data);

/* @group: the members of this system group count as privileged; it need not exist. Looked
 * up once, since asking for a group can take as long as a directory service likes. */
BusCallers *bus_callers_new(sd_bus *bus, const char *group, BusCallerGone gone, gpointer data);
void bus_callers_free(BusCallers *callers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusCallers, bus_callers_free)

/* Finds out who sent @message, then calls @known: at once where that is known already. At most 64
 * look-ups are under way at a time; who comes then is one of whom it cannot be told. To be returned
 * by a method handler. */
int bus_callers_look_up(BusCallers *callers, sd_bus_message *message, BusCallerKnown known,
                        gpointer data);
