/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent's unit has to be let do so that its bindings can work, and nothing beyond. */
#pragma once

#include <glib.h>

/* A drop-in for the unit that makes writable where the bindings of the directories write, and those
 * that the state directory tells of. A file is replaced by way of its directory, so that is what is
 * named; where it is not there yet, the nearest one above that is. Bindings with errors count for
 * nothing. Free with g_free(). */
char *sandbox_drop_in(const char *const directories[], const char *state);
