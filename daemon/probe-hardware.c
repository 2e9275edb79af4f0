/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/probe-hardware.h"

#include <errno.h>
#include <unistd.h>

#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/uevent-monitor.h"
#include "daemon/enforce/usb/gadget-survey.h"
#include "daemon/enforce/usb/usb-alias-files.h"
#include "daemon/enforce/wireless/nl80211.h"
#include "daemon/enforce/wireless/rfkill.h"
#include "daemon/probe-error.h"

#define NEW_USB_DEVICES "/sys/module/usbcore/parameters/authorized_default"

static gboolean refused(GError **error, int number, const char *what)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(number), "%s: %s", what,
                g_strerror(number));
    return FALSE;
}

gboolean probe_uevents(GError **error)
{
    __attribute__((cleanup(sd_event_unrefp))) sd_event *loop = NULL;
    const int result = sd_event_new(&loop);
    if (result < 0)
        return refused(error, -result, "no event loop");
    g_autoptr(UeventMonitor) monitor = uevent_monitor_new(loop, error);
    return monitor != NULL;
}

static gboolean has_one(const char *directory, const char *prefix, GError **error)
{
    g_auto(GStrv) names = sysfs_list(directory);
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, prefix))
            return TRUE;
    return probe_absent(error, "this system has none");
}

gboolean probe_usb_host(GError **error)
{
    return has_one("/sys/bus/usb/devices", "usb", error);
}

gboolean probe_device_controller(GError **error)
{
    return has_one("/sys/class/udc", "", error);
}

gboolean probe_usb_later(GError **error)
{
    return access(NEW_USB_DEVICES, R_OK | W_OK) == 0 || refused(error, errno, NEW_USB_DEVICES);
}

gboolean probe_usb_drivers(GError **error)
{
    g_autoptr(UsbAliases) aliases = usb_alias_files_read(USB_ALIAS_DIRECTORY);
    return usb_aliases_has_module(aliases, "usb_storage") ||
           probe_absent(error, "usb-storage is not in the list of the running kernel");
}

gboolean probe_gadget_configuration(GError **error)
{
    g_autofree char *mount_point = configfs_find_mount_point();
    return mount_point != NULL || probe_absent(error, "it is not mounted");
}

gboolean probe_wireless(GError **error)
{
    g_autoptr(Nl80211) nl80211 = nl80211_new(error);
    return nl80211 != NULL;
}

gboolean probe_radio_switches(GError **error)
{
    g_autoptr(Rfkill) rfkill = rfkill_new(error);
    return rfkill != NULL;
}
