/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/* What secpold, or the bus, refused, in its own words and with what to do about it;
 * MANAGER_CLIENT_ERROR_REFUSED or one of the codes after it. */
void refusal_set_error(GError **error, const char *name, const char *message);
