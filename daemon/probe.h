/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel offers of what secpold uses, and what hardware there is for it. */
#pragma once

#include <glib.h>
#include <stdio.h>

/* Tries every option and prints a table of them to @out: whether it is there, and what secpold does
 * with it and without it. Nothing of the machine is touched: the calling process moves to a network
 * namespace of its own first, and stays there, so call this from a process that ends afterwards.
 * Returns whether everything is there that closing ports takes; FALSE as well, with a message on
 * @out, where no network namespace can be made (that takes CAP_SYS_ADMIN). */
gboolean probe_print(FILE *out);
