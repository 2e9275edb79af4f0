/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of a fax service, in the place of your own database of settings: a folder that the
 * service looks into at every job.
 *
 *   NAME          "true" or "false": what users chose at the panel
 *   NAME.locked   the same, by the security policy: wins over NAME while it is there, and the panel
 *                 takes no change
 *
 * It outlasts a restart, so that what the policy demands is in force before secpold was heard. */
#pragma once

#include <glib.h>

/* Puts `value` in force, and keeps users from changing it. On failure what was in force stays. */
gboolean fax_store_lock(const char *folder, const char *name, gboolean value, GError **error);

/* What users chose is in force again. On failure what was in force stays. */
gboolean fax_store_unlock(const char *folder, const char *name, GError **error);

/* What the service goes by now; a setting that cannot be read is off. */
gboolean fax_store_in_force(const char *folder, const char *name);
