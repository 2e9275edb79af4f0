/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans for tests. */
#pragma once

#include "daemon/policy/plan.h"

/* The plan of a policy that asks for the items in @keys, separated by blanks ("*": for all of
 * them), on a device with the profile @profile. */
Plan *make_plan(const char *keys, const char *profile);
