/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy in force, and those that are kept, in words. Free what these return with g_free(). */
#pragma once

#include "ctl/json-member.h"

/* As many digits of a digest as tell two policies apart at a glance. */
#define POLICY_TEXT_DIGEST_DIGITS 12

/* "generation 2 is in force: Head office, serial 12", or that the provisioned policy, or none is.
 * @manager as of manager_client_properties(). */
char *policy_in_force_to_text(JsonObject *manager);

/* Who imported a generation: the user's name on this machine, or the number where it has none or
 * @host is another machine, and in parentheses the unit. */
char *policy_importer_to_text(JsonObject *generation, const char *host);

/* Until when and how to confirm what is in force; NULL where nothing waits for that. */
char *policy_deadline_to_text(JsonObject *manager, const char *host);
