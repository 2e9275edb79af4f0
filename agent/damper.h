/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends wars: whoever repairs what somebody else keeps undoing does it ever more rarely. Pure; times
 * are CLOCK_MONOTONIC microseconds. */
#pragma once

#include <glib.h>

/* So many repairs are made at once. */
#define DAMPER_FREE_REPAIRS 3
/* Before the next one it waits so long, then twice as long, and so on. */
#define DAMPER_FIRST_WAIT_USEC   (G_USEC_PER_SEC * 60)
#define DAMPER_LONGEST_WAIT_USEC (G_USEC_PER_SEC * 60 * 32)
/* After a repair that lasted so much longer than its wait, the war is over. */
#define DAMPER_PEACE_USEC (G_USEC_PER_SEC * 60 * 10)

typedef struct Damper Damper;

Damper *damper_new(void);
void damper_free(Damper *damper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Damper, damper_free)

/* Whether @what may be repaired now; if so, it counts. */
gboolean damper_repair(Damper *damper, const char *what, gint64 now);

/* Whether it had to be refused, and its time has not come. */
gboolean damper_is_waiting(const Damper *damper, const char *what, gint64 now);

/* When the first that waits may be repaired; G_MAXINT64 where none waits. */
gint64 damper_next(const Damper *damper, gint64 now);
