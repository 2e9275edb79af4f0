/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs an agent: hears of settings, files and units, and lets it make a pass when there is
 * something to do. */
#pragma once

#include "agent/agent.h"

/* Runs until SIGTERM or SIGINT. SIGHUP reads the bindings again. An error where the bus is lost:
 * the service manager starts the agent again, and what was reported has fallen with the connection.
 */
gboolean agent_loop_run(Agent *agent, GError **error);
