/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a change of policy cuts the way by which somebody is working on this machine. */
#pragma once

#include "ctl/closing-ports.h"

/* Adds sentences to @warnings: on the caller's own SSH connection, and on the default route.
 * @changes are elements of Diff, @items as of manager_client_items(). */
void cut_path_add_warnings(JsonArray *warnings, JsonArray *changes, JsonArray *items);
