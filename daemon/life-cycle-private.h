/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a life cycle is made of: for life-cycle*.c alone. */
#pragma once

#include "daemon/life-cycle.h"
#include "daemon/state/attempts.h"

/* An import whose passwords are being tried. */
typedef struct PendingImport PendingImport;

struct LifeCycle {
    sd_event *event;
    char *state_directory;
    char *seal_path; /* see seal-record.h */
    char *policy_path;
    const LifeCycleOwner *owner;
    gpointer data;
    Store *store; /* NULL where it is not available */
    Attempts *attempts;
    PolicyRecord *in_force;
    GPtrArray *problems; /* element type char, NULL-terminated */
    sd_event_source *deadline;
    sd_event_source *mounts; /* NULL while there is a store */
    gboolean mounted;        /* as last seen by @mounts: the store's file system is there */
    PendingImport *pending;  /* the import that is under way */
};

/* Takes @record and has it enforced. */
void life_cycle_put_in_force(LifeCycle *life, PolicyRecord *record);

void life_cycle_add_problem(LifeCycle *life, const char *problem);
void life_cycle_clear_problems(LifeCycle *life);

/* From here on a mount that may bring the store has it looked for again, as by a reload. */
void life_cycle_watch_mounts(LifeCycle *life);
void life_cycle_ignore_mounts(LifeCycle *life);

/* STORE_ERROR_UNAVAILABLE where there is no store. */
gboolean life_cycle_need_store(const LifeCycle *life, GError **error);

/* Later imports have to reach the serial of @record. */
gboolean life_cycle_raise_floor(LifeCycle *life, const PolicyRecord *record, GError **error);
