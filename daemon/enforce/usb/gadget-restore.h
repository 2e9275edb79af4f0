/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts back what was taken, when the policy does not forbid gadgets any more. */
#pragma once

#include "daemon/enforce/usb/gadget-memory.h"

/* Has the bus bind again and every gadget and driver bound again that the record names, and binds
 * legacy drivers that came while the bus did not. What was done, and what is not possible any more,
 * is removed from the record; what waits for its UDC or was refused stays. FALSE where something
 * was refused: @error is the first of that. */
gboolean gadget_restore(RunRecord *record, const GadgetSurvey *survey, GError **error);

/* Gives up on what was refused and on nothing else. */
void gadget_restore_abandon(RunRecord *record, const GadgetSurvey *survey);
