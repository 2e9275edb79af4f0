/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object /org/secpold1 with org.secpold1.Manager: properties and signals. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/bus/bus-caller.h"
#include "daemon/bus/bus-context.h"
#include "daemon/bus/bus-names.h"
#include "daemon/bus/bus-polkit.h"

/* What is published. sd-bus reads plain fields by their offset. */
typedef struct BusManager {
    const BusContext *context;
    BusCallers *callers;
    const BusNames *names;
    BusPolkit *polkit;
    const char *version;
    const char *state;
    char *policy_name;
    guint64 policy_serial;
    char *policy_digest;
    const char *policy_origin;
    char *policy_signer;
    guint64 policy_imported_usec;
    guint64 confirm_until_usec;
    guint64 deadline_usec; /* the same on the clock since boot */
    char *profile_digest;
    int password_set;
    guint64 generation;
    guint compliance[ITEM_STATE_LAST + 1]; /* items by state */
    GStrv problems;
    GPtrArray *verifying; /* element type sd_bus_message: calls of Verify that wait for one pass */
    sd_event_source *verify;
} BusManager;

/* Borrows @context. */
BusManager *bus_manager_new(const BusContext *context);
void bus_manager_free(BusManager *manager);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BusManager, bus_manager_free)

/* What the object needs to know of its callers; borrowed, to live as long as the bus. */
typedef struct BusPeers {
    BusCallers *callers;
    const BusNames *names;
    BusPolkit *polkit;
} BusPeers;

/* Puts the object on the bus; negative errno on failure. */
int bus_manager_attach(BusManager *manager, sd_bus *bus, const BusPeers *peers);

/* Looks at the facts again and emits what has changed, if anything; @bus may be NULL. */
void bus_manager_update(BusManager *manager, sd_bus *bus);

/* The signals. Nothing happens where @bus is NULL. */
void bus_manager_emit_policy_changed(const BusManager *manager, sd_bus *bus);
void bus_manager_emit_violation(sd_bus *bus, guint item, const char *effect, const char *detail);
void bus_manager_emit_repaired(sd_bus *bus, guint item, const char *effect, const char *detail,
                               guint64 usec);
