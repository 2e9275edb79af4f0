/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* How a device stands, as secpold tells it on D-Bus. */
typedef struct Compliance {
    const char *state; /* of the manager: "enforcing" */
    guint64 violated;  /* items in that state */
    guint64 pending;
    const char *problem; /* the first of secpold's own; NULL where there is none */
} Compliance;

/*
 * Why the device is not compliant, in a line; NULL where it is: its policy is being enforced
 * without a problem, and it has no pending and no violated item. A partial item does not count
 * against it: what it leaves open, the maker's or administrator's own device profile says. Free
 * with g_free().
 */
char *compliance_reason_against(const Compliance *compliance);
