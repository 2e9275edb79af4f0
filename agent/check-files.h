/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "secpol-agent --check": says what is wrong with binding files. */
#pragma once

#include <glib.h>

/* Prints a line for everything that is wrong with the files, or, where @files is NULL or empty,
 * with those of the directories, and what the bindings as a whole say twice. Returns whether
 * nothing is; a lens that Augeas does not have here is an error too. */
gboolean check_files(const char *const *files, const char *const directories[]);
