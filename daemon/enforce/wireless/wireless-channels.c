/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-channels.h"

static void open_switches(WirelessChannels *channels, gboolean load_switches)
{
    g_autoptr(GError) error = NULL;

    if (channels->rfkill || (!load_switches && !rfkill_is_there()))
        return;
    g_clear_pointer(&channels->obstacle, g_free);
    channels->rfkill = rfkill_new(&error);
    if (!channels->rfkill)
        channels->obstacle = g_strdup(error->message);
}

gboolean wireless_channels_open(WirelessChannels *channels, sd_event *event,
                                WirelessMonitorNotify notify, gpointer data, gboolean load_switches,
                                GError **error)
{
    if (!channels->monitor)
        channels->monitor = wireless_monitor_new(event, notify, data, error);
    if (channels->monitor && !channels->links)
        channels->links = nl_request_open(NETLINK_ROUTE, error);
    if (!channels->links)
        return FALSE;
    open_switches(channels, load_switches);
    return wireless_monitor_follow_switches(channels->monitor, channels->rfkill, error);
}

void wireless_channels_close(WirelessChannels *channels)
{
    wireless_monitor_free(channels->monitor);
    nl_socket_discard(channels->links);
    rfkill_free(channels->rfkill);
    g_free(channels->obstacle);
    *channels = (WirelessChannels){0};
}
