/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl/verb.h"

/* Says on standard error what takes its time now, as in printf(), for whoever sits at a terminal;
 * nothing elsewhere and with --no-legend. */
void progress_say(const Context *context, const char *format, ...) G_GNUC_PRINTF(2, 3);
