/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a caller may do something. Root may; for anybody else polkit is asked, which may ask a
 * person and take its time, so the answer comes later and the daemon goes on. Without polkit, in
 * the build or on the bus, nobody but root may.
 */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

#include "daemon/bus/bus-caller.h"

#define BUS_POLKIT_IMPORT "org.secpold1.import"
#define BUS_POLKIT_EXPORT "org.secpold1.export"

typedef struct BusPolkit BusPolkit;

/* Called with the caller where it may, and with NULL and the error to reply with where it may not.
 * The handler has to reply to @message. */
typedef int (*BusPolkitAnswer)(sd_bus_message *message, const BusCaller *caller,
                               const sd_bus_error *error, gpointer data);

/* Borrows both. */
BusPolkit *bus_polkit_new(sd_bus *bus, BusCallers *callers);
void bus_polkit_free(BusPolkit *polkit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusPolkit, bus_polkit_free)

/* Finds out whether the sender of @message may do @action, then calls @answer, at once or later. At
 * most 8 questions of a user and 64 in all wait for polkit at a time; more are refused. To be
 * returned by a method handler, before anything has changed. */
int bus_polkit_authorize(BusPolkit *polkit, sd_bus_message *message, const char *action,
                         BusPolkitAnswer answer, gpointer data);

/* This connection has left the bus: takes its questions back, without any answer. */
void bus_polkit_forget(BusPolkit *polkit, const char *connection);
