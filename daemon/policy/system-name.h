/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a text can be the name of something in the running system; nothing is looked up. */
#pragma once

#include <glib.h>

/* One network interface: 1 to 15 printable ASCII characters as the kernel allows them
 * (dev_valid_name()), and no "*", which looks like a pattern and would match nothing. */
gboolean system_name_is_interface(const char *name);

/* A well-known name of D-Bus, or a single element of one, which is an agent's short name: letters,
 * digits, "_" and "-" in elements between dots, none of which starts with a digit; 255 bytes at
 * most. */
gboolean system_name_is_bus_name(const char *name);
