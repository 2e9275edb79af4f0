/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's switches for radios (/dev/rfkill). A blocked radio cannot be taken into use by
 * anybody, whatever the program. Not sysfs: the switch of a radio in another network namespace
 * cannot be reached there, nor can radios that are still to come be blocked.
 */
#pragma once

#include "daemon/enforce/wireless/rfkill-table.h"

typedef struct Rfkill Rfkill;

/* Whether there may be switches, as far as can be told without opening the device. */
gboolean rfkill_is_there(void);

/* Errors of all of these: G_FILE_ERROR. Here: the kernel has no rfkill, or the device is not to be
 * seen from here. Opening it loads the kernel's module. */
Rfkill *rfkill_new(GError **error);
void rfkill_free(Rfkill *rfkill);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rfkill, rfkill_free)

/* Readable where there is something for rfkill_read_waiting(). */
int rfkill_fd(const Rfkill *rfkill);

/* Takes in what has happened since. Whether that has changed the table. Does not block. */
gboolean rfkill_read_waiting(Rfkill *rfkill);

/* As of the last reading. Borrowed. */
const RfkillTable *rfkill_table(const Rfkill *rfkill);

/* What comes of it is to be read: a driver may refuse, without an error here. */
gboolean rfkill_set(Rfkill *rfkill, guint32 index, gboolean blocked, GError **error);

/* All radios for wireless LAN that there are and all that are still to come, on the whole machine.
 */
gboolean rfkill_set_all(Rfkill *rfkill, gboolean blocked, GError **error);

/* Whether the kernel was told on its command line to have all radios blocked at first, so that one
 * that is still to come is blocked in any case. */
gboolean rfkill_blocks_at_first(void);
