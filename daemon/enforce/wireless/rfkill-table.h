/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rfkill switches of wireless LAN radios, as the events of /dev/rfkill tell about them. Pure;
 * any bytes may come. */
#pragma once

#include <glib.h>

/* More than any machine has; switches beyond are passed over. */
#define RFKILL_TABLE_MAX 1024

typedef struct RfkillSwitch {
    guint32 index; /* never given twice until the next boot */
    gboolean soft; /* blocked by software */
    gboolean hard; /* blocked by a switch or the firmware; no software can change that */
} RfkillSwitch;

typedef struct RfkillTable {
    GArray *switches; /* element type RfkillSwitch, by index */
} RfkillTable;

RfkillTable *rfkill_table_new(void);
void rfkill_table_free(RfkillTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RfkillTable, rfkill_table_free)

/* Takes one event, as it was read. Whether the table has changed; it does not with what is about
 * other kinds of radios, or is too short. */
gboolean rfkill_table_apply(RfkillTable *table, const void *event, gsize length);

/* NULL where there is none. */
const RfkillSwitch *rfkill_table_find(const RfkillTable *table, guint32 index);

/*
 * What a link in /sys/class/rfkill points to, as text, tells whose switch it is, also where the
 * radio is in another network namespace and its directory therefore not to be seen:
 * "../../devices/platform/soc/ieee80211/phy0/rfkill2" is that of phy0, whose path is
 * "/devices/platform/soc/ieee80211/phy0". FALSE where it is that of something else, such as a key
 * of a notebook. Free both with g_free().
 */
gboolean rfkill_link_parse(const char *link, char **ret_radio, char **ret_path);
