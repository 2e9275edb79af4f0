/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output by the page, to systemd's habits: $SYSTEMD_PAGER, $PAGER, or else pager(1), less(1) or
 * more(1), with LESS=FRSXMK unless $SYSTEMD_LESS says otherwise, so that what fits on the screen is
 * just printed.
 */
#pragma once

#include <glib.h>

/* What to run, in this order, from $SYSTEMD_PAGER, $PAGER (NULL where unset) and
 * $SYSTEMD_PAGERSECURE
 * (@secure_set: it is a boolean) and whether the pager must not start other programs: element type
 * char, command lines. Empty where the output is not to be paged. */
GPtrArray *pager_candidates(const char *systemd_pager, const char *pager, gboolean secure,
                            gboolean secure_set);

/* Keeps what is written to standard output, where that is a terminal that a pager can work on. */
void pager_open(void);

/* Shows what was kept, and waits until its reader has seen enough. Errors, and what ssh(1) asks,
 * have meanwhile gone to the terminal and do not get between the pages. */
void pager_close(void);
