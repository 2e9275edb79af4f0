/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes services be as settings demand, by way of bindings. Level-triggered: a pass compares what
 * is with what must be, acts on the difference, and finds out what is in force. What brought the
 * pass about says only that it is time to look. A pass blocks, also while units restart.
 */
#pragma once

#include <systemd/sd-event.h>

#include "agent/setting-values.h"

typedef struct Agent Agent;

#define AGENT_STATE_DIRECTORY "/var/lib/secpol-agent"

typedef struct AgentPaths {
    const char *const *bindings; /* directories, NULL-terminated; a later one wins */
    const char *state;           /* directory for what has to be put back */
} AgentPaths;

/* In the state directory: of service-record.h. */
#define AGENT_SERVICES_FILE "services"

/* Reads bindings and records. What is wrong with single ones is noted, and they are left out. The
 * state directory is one agent's: an error where another has it. */
Agent *agent_new(const AgentPaths *paths, GError **error);
void agent_free(Agent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Agent, agent_free)

/* Reads the bindings again; the next pass goes by them. Where anything is wrong with one, which is
 * noted, all stay as they were: a slip in a file is no reason to put anything back. */
void agent_reload(Agent *agent);

/* What a pass tells in between and at its end. @all: there is nothing to tell of other settings. */
typedef void (*AgentReport)(const SettingsReport *reports, gsize n_reports, gboolean all,
                            gpointer data);

/* Makes everything as @settings demand, and puts back what they no longer do. */
void agent_pass(Agent *agent, const SettingsInForce *settings, AgentReport report, gpointer data);

/* Paths, units and edits ("BINDING/EDIT") that there is still something of to put back, and what is
 * wrong with records that could not be read. After a pass that demanded nothing: what could not be
 * put back. Free with g_strfreev(). */
GStrv agent_list_unrestored(const Agent *agent);

/* Has the event loop read, between passes, what others send to the agent's connections. 0, or a
 * negative errno. */
int agent_attach(Agent *agent, sd_event *event);

/* Whether at the end of the last pass everything was in force. */
gboolean agent_is_settled(const Agent *agent);

/* Whether the last pass was about this file or unit. */
gboolean agent_watches(const Agent *agent, const char *name);

/* Whether any file that the last pass was about has changed since, or any of the units; @units: a
 * set of names, NULL: all that it was about. */
gboolean agent_sees_change(Agent *agent, GHashTable *units);

/* When a repair or restart that was put off is due, CLOCK_MONOTONIC microseconds; G_MAXINT64: none
 * is. */
gint64 agent_next_repair(const Agent *agent);

/* Files whose changes matter, and units, of those that have to do with what is locked; element type
 * char. Free with g_ptr_array_unref(). */
GPtrArray *agent_watched_files(const Agent *agent);
GPtrArray *agent_watched_units(const Agent *agent);
