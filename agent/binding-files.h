/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where bindings lie: NAME.binding in one of two directories, of which the administrator's wins. */
#pragma once

#include "agent/binding.h"
#include "daemon/policy/diagnostic.h"

#define BINDINGS_DIRECTORY       "/usr/lib/secpold/bindings.d"
#define ADMIN_BINDINGS_DIRECTORY "/etc/secpold/bindings.d"

/* Files beyond these many are reported and not read. */
#define BINDING_FILES_MAX 256

/* The bindings of all directories, by name; element type Binding. A file replaces one of the same
 * name in an earlier directory, and where it is empty (a link to /dev/null, say) there is none. A
 * file that cannot be read or has errors is reported and left out, as is, so that nobody works by
 * a binding that was meant to be replaced, the one it replaces. A directory that is not there has
 * no files. */
GPtrArray *binding_files_load(const char *const directories[], Diagnostics *diagnostics);

/* One file. NULL where it has errors, which are reported, or where it is empty. */
Binding *binding_file_read(const char *path, Diagnostics *diagnostics);
