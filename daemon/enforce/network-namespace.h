/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/*
 * Whether this process is in the network namespace that the machine was booted with, so that what
 * is not to be seen in it is still this device's. By a sysctl that the kernel has there alone, as
 * another process's namespace may not be looked at without further privileges. A kernel that once
 * changes this makes it FALSE.
 */
gboolean network_namespace_is_initial(void);
