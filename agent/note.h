/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent tells its administrator: lines on standard error, which is the journal. */
#pragma once

#include <glib.h>
#include <syslog.h>

/* @priority as in syslog(3). One line, whatever is in it, and cut where it is long. */
void note(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);
