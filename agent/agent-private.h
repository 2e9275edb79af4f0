/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a pass: for agent*.c alone. */
#pragma once

#include "agent/agent.h"
#include "agent/binding.h"
#include "agent/damper.h"
#include "agent/deed-record.h"
#include "agent/unit-control.h"

struct Agent {
    char *state;
    GStrv directories;
    GPtrArray *bindings; /* element type Binding */
    GHashTable *files;   /* path: FileRecord */
    DeedRecord *deeds;
    UnitControl *control; /* NULL where the bus cannot be reached */
    Damper *damper;
    GHashTable *stamps;       /* file or unit: how it was when the last pass looked at it */
    SettingsInForce current;  /* of this pass */
    SettingsInForce previous; /* of the last pass */
    gboolean settled;         /* at its end everything complied */
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
    GHashTable *touched; /* set of names: bindings whose files or programs have changed something */
    GPtrArray *problems; /* element type Problem */
    AgentReport report;
    gpointer data;
} Pass;

void pass_add_problem(Pass *pass, const Binding *binding, const BindingEdit *edit,
                      const char *message);

/* Remembers how the file is, or how the unit should now be, for agent_sees_change(). */
void agent_stamp_file(Agent *agent, const char *path);
void agent_stamp_unit(Agent *agent, const char *unit, const UnitState *state);

/* Whether the edit has to be made now. */
gboolean pass_wants(const Pass *pass, const BindingEdit *edit);

/* Edits of files. */
void pass_settle_files(Pass *pass);

/* Edits that are programs. */
void pass_settle_commands(Pass *pass);

/* Units that are stopped or masked. */
void pass_settle_units(Pass *pass);

void pass_save_deeds(const Pass *pass);

/* NULL, or what went wrong. Free with g_free(). */
char *pass_run_program(const char *const *words);

/* Runs the edits of the binding that are programs once more. */
void pass_repeat_commands(Pass *pass, const Binding *binding);

/* Lets the services of the touched bindings read what has changed, each once. */
void pass_reload_services(Pass *pass);

/* Finds out what is in force, and reports it. Where a binding that nothing was changed for does not
 * comply, its services are reloaded and asked again. */
void pass_check(Pass *pass);

/* Finds out what one binding has to say, and reports that; nothing is done about it. */
void pass_check_binding(Pass *pass, const Binding *binding);
