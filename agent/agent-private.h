/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a pass: for agent*.c alone. */
#pragma once

#include "agent/agent.h"
#include "agent/binding.h"
#include "agent/damper.h"
#include "agent/deed-record.h"
#include "agent/note.h"
#include "agent/service-record.h"
#include "agent/tampering.h"
#include "agent/unit-control.h"

struct Agent {
    char *state;
    int lock;           /* on @state; -1: not held */
    GPtrArray *damaged; /* messages of records that cannot be read */
    GStrv directories;
    GPtrArray *bindings; /* element type Binding */
    GHashTable *files;   /* path: FileRecord */
    DeedRecord *deeds;
    ServiceRecord *services;
    UnitControl *control; /* NULL where the bus cannot be reached */
    Damper *damper;
    Tampering *tampering;
    GHashTable *problems;     /* set of messages: what the last pass could not do */
    GHashTable *stamps;       /* file or unit: how it was when the last pass looked at it */
    GHashTable *untold;       /* set of names: bindings whose services have not read what changed */
    GHashTable *restarts;     /* unit: when it was last told, CLOCK_MONOTONIC microseconds */
    gint64 restart_due;       /* when services that are @untold may be told; G_MAXINT64: none is */
    SettingsInForce current;  /* of this pass */
    SettingsInForce previous; /* of the last pass */
    gboolean settled;         /* at its end everything complied */
    gboolean units_changed;   /* files of units have, which systemd has not read again */
};

/* What an edit failed by. */
typedef struct Problem {
    const Binding *binding;
    const BindingEdit *edit;
    char *message;
} Problem;

typedef struct Pass {
    Agent *agent;
    const SettingsInForce *settings;
    GPtrArray *active;   /* element type Binding: those whose conditions hold; not owned */
    GHashTable *told;    /* set of names: bindings whose services were told in this pass */
    GPtrArray *problems; /* element type Problem */
    AgentReport report;
    gpointer data;
} Pass;

/* What is the same as in the last pass is not noted again. */
void pass_add_problem(Pass *pass, const Binding *binding, const BindingEdit *edit,
                      const char *message);

/* Remembers how the file is for agent_sees_change(), or, with @stamp, how the agent has made it. */
void agent_stamp_file(Agent *agent, const char *path, const char *stamp);
/* Likewise how the unit is now. */
void agent_stamp_unit(Agent *agent, const char *unit);
/* What happened before the first pass does not count. */
void agent_stamp_all(Agent *agent);

/* Whether the edit has to be made now. */
gboolean pass_wants(const Pass *pass, const BindingEdit *edit);

/* Whether any setting that the binding tells of is locked. */
gboolean agent_is_concerned(const Agent *agent, const Binding *binding);

/* Whom bindings want told, from before anything is done for them until all of it is taken back. */
void pass_remember_services(const Pass *pass);
void pass_forget_services(const Pass *pass);

/* Has systemd read its units again, where it has to. */
void agent_reload_units(Agent *agent);

/* Edits of files. */
void pass_settle_files(Pass *pass);

/* The bindings' services have read their files. */
void pass_close_records(Pass *pass);

/* Edits that are programs. */
void pass_settle_commands(Pass *pass);

/* Units that are stopped, masked or started. */
void pass_settle_units(Pass *pass);

void pass_save_deeds(const Pass *pass);

/* Runs the edits of the binding that are programs once more. */
void pass_repeat_commands(Pass *pass, const Binding *binding);

/* Lets the services of bindings that have something untold read it, each once, and not too soon
 * after the last time. */
void pass_tell_services(Pass *pass);

/* Finds out what is in force, and reports it. Where a binding that nothing was changed for does not
 * comply, its services are told and asked again. */
void pass_check(Pass *pass);

/* Finds out what is in force of the edit's settings, as one binding has to say it, and reports
 * that; nothing is done about it. */
void pass_check_edit(Pass *pass, const Binding *binding, const BindingEdit *edit);
