/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From control group ids, as the kernel gives them for sockets, to systemd units. */
#pragma once

#include <glib.h>

/* The units of those of @ids (element type guint64) whose groups exist and belong to one; ask with
 * cgroup_units_lookup(). Looks through the unified hierarchy, which systemd mounts at
 * /sys/fs/cgroup or, on hybrid systems, at /sys/fs/cgroup/unified, a bounded number of groups deep
 * and wide. Nothing is found where there is none. Never NULL. */
GHashTable *cgroup_units_find(const GArray *ids);

/* The unit, owned by @units, or NULL. */
const char *cgroup_units_lookup(GHashTable *units, guint64 id);

/* The unit a group's path belongs to, the innermost there is, or NULL: "cups.service" for
 * "/system.slice/cups.service/worker". Free with g_free(). Pure. */
char *cgroup_units_unit_of_path(const char *path);
