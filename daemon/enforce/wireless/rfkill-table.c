/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/rfkill-table.h"

#include <linux/rfkill.h>
#include <string.h>

#define PATH_BEGINS_WITH "/devices/"
#define RADIO_CLASS      "/ieee80211"

RfkillTable *rfkill_table_new(void)
{
    RfkillTable *table = g_new0(RfkillTable, 1);
    table->switches = g_array_new(FALSE, FALSE, sizeof(RfkillSwitch));
    return table;
}

void rfkill_table_free(RfkillTable *table)
{
    if (!table)
        return;
    g_array_unref(table->switches);
    g_free(table);
}

/* Where the switch is, or would have to be. */
static guint find_place(const RfkillTable *table, guint32 index)
{
    guint place = 0;

    while (place < table->switches->len &&
           g_array_index(table->switches, RfkillSwitch, place).index < index)
        place++;
    return place;
}

static RfkillSwitch *find(const RfkillTable *table, guint32 index)
{
    const guint place = find_place(table, index);

    if (place == table->switches->len)
        return NULL;
    RfkillSwitch *found = &g_array_index(table->switches, RfkillSwitch, place);
    return found->index == index ? found : NULL;
}

static gboolean put(RfkillTable *table, const RfkillSwitch *wanted)
{
    RfkillSwitch *known = find(table, wanted->index);

    if (!known) {
        if (table->switches->len >= RFKILL_TABLE_MAX)
            return FALSE;
        g_array_insert_val(table->switches, find_place(table, wanted->index), *wanted);
        return TRUE;
    }
    if (known->soft == wanted->soft && known->hard == wanted->hard)
        return FALSE;
    *known = *wanted;
    return TRUE;
}

gboolean rfkill_table_apply(RfkillTable *table, const void *event, gsize length)
{
    struct rfkill_event read = {0};

    if (length < RFKILL_EVENT_SIZE_V1)
        return FALSE;
    memcpy(&read, event, RFKILL_EVENT_SIZE_V1);
    if (read.type != RFKILL_TYPE_WLAN)
        return FALSE;
    if (read.op == RFKILL_OP_DEL) {
        if (!find(table, read.idx))
            return FALSE;
        g_array_remove_index(table->switches, find_place(table, read.idx));
        return TRUE;
    }
    if (read.op != RFKILL_OP_ADD && read.op != RFKILL_OP_CHANGE)
        return FALSE;
    const RfkillSwitch now = {read.idx, read.soft != 0, read.hard != 0};
    return put(table, &now);
}

const RfkillSwitch *rfkill_table_find(const RfkillTable *table, guint32 index)
{
    return find(table, index);
}

/* "phy0" of "/devices/platform/soc/ieee80211/phy0", or NULL. */
static const char *radio_of_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const gsize before = slash ? (gsize)(slash - path) : 0;

    if (before < strlen(RADIO_CLASS) || slash[1] == '\0')
        return NULL;
    return strncmp(slash - strlen(RADIO_CLASS), RADIO_CLASS, strlen(RADIO_CLASS)) == 0 ? slash + 1
                                                                                       : NULL;
}

gboolean rfkill_link_parse(const char *link, char **ret_radio, char **ret_path)
{
    const char *path = strstr(link, PATH_BEGINS_WITH);
    const char *end = path ? strrchr(path, '/') : NULL;

    if (!end || !g_str_has_prefix(end, "/rfkill"))
        return FALSE;
    g_autofree char *radio_path = g_strndup(path, (gsize)(end - path));
    const char *radio = radio_of_path(radio_path);
    if (!radio)
        return FALSE;
    *ret_radio = g_strdup(radio);
    *ret_path = g_steal_pointer(&radio_path);
    return TRUE;
}
