/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change of policy would do to this device as it is right now: which units would not be
 * reached any more, which interfaces and mounts would go. */
#pragma once

#include "daemon/policy/plan-diff.h"

/* Sentences without a final stop, NULL-terminated; empty where nothing in use is concerned, never
 * NULL. Names units, interfaces, mount points and users, but no processes. What cannot be found out
 * is left out. @to is the plan that the change leads to. */
GStrv consequences_of_change(const PlanChange *change, const Plan *to);
