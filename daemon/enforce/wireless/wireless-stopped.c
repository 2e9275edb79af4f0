/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-stopped.h"

static void action_clear(WirelessAction *action)
{
    g_free(action->found);
}

GArray *wireless_stopped_new(void)
{
    GArray *stopped = g_array_new(FALSE, FALSE, sizeof(WirelessAction));

    g_array_set_clear_func(stopped, (GDestroyNotify)action_clear);
    return stopped;
}

static gboolean is_known(const GArray *stopped, const char *found)
{
    for (guint i = 0; i < stopped->len; i++)
        if (g_str_equal(g_array_index(stopped, WirelessAction, i).found, found))
            return TRUE;
    return FALSE;
}

void wireless_stopped_add(GArray *stopped, const GArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        WirelessAction action = g_array_index(actions, WirelessAction, i);
        if (action.uses == WIRELESS_USE_NONE || !action.found || is_known(stopped, action.found))
            continue;
        action.found = g_strdup(action.found);
        g_array_append_val(stopped, action);
    }
}

WirelessUse wireless_stopped_uses(const GArray *stopped)
{
    WirelessUse uses = WIRELESS_USE_NONE;

    for (guint i = 0; i < stopped->len; i++)
        uses |= g_array_index(stopped, WirelessAction, i).uses;
    return uses;
}
