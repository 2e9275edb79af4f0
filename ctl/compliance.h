/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "ctl/json-member.h"

/* Why the device whose manager this is is not compliant, as of compliance_reason_against(); also
 * where the manager does not tell how its items stand. NULL where it is. Free with g_free(). */
char *compliance_reason_of_manager(JsonObject *manager);
