/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells secpold what is in force, once. On a connection of its own: that is what reports belong to,
 * and they fall with it, so that those that nobody stands by any more can be taken back. */
#pragma once

#include <systemd/sd-event.h>

#include "agent/setting-values.h"

typedef struct Reporter Reporter;

/* An error where the system bus cannot be reached. */
Reporter *reporter_new(sd_event *event, GError **error);
void reporter_free(Reporter *reporter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reporter, reporter_free)

/* Says what secpold does not know yet. @all: there is nothing else to say, and what was said of
 * other settings before is taken back. Where secpold is not there nothing is said, which is no
 * error: reporter_forget() when it comes back. After an error everything is said again next time.
 */
gboolean reporter_send(Reporter *reporter, const SettingsReport *reports, gsize n_reports,
                       gboolean all, GError **error);

/* secpold knows nothing. */
void reporter_forget(Reporter *reporter);
/* What was said of the setting counts no longer: another value is demanded, or none. */
void reporter_forget_setting(Reporter *reporter, guint setting);
