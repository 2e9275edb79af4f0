/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/consequences/hardware-consequences.h"

#include <net/if.h>
#include <string.h>

#include "daemon/enforce/consequences/interface-kind.h"
#include "daemon/enforce/consequences/route-survey.h"
#include "daemon/enforce/sysfs.h"
#include "daemon/enforce/usb/gadget-survey.h"
#include "daemon/enforce/usb/usb-mounts.h"
#include "daemon/enforce/usb/usb-tree.h"
#include "daemon/enforce/wireless/nl80211.h"
#include "daemon/enforce/wireless/wireless-rules.h"
#include "daemon/policy/hardware-name.h"
#include "daemon/policy/text.h"

/* More of a name is not shown. */
#define SENTENCE_MAX_BYTES 512

static void say(GPtrArray *sentences, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Each once; names of hardware and directories may hold any bytes. */
static void say(GPtrArray *sentences, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *sentence = text_sanitize(text, SENTENCE_MAX_BYTES);

    if (!g_ptr_array_find_with_equal_func(sentences, sentence, g_str_equal, NULL))
        g_ptr_array_add(sentences, g_steal_pointer(&sentence));
}

/* Interfaces */

static char *interface_link(const char *interface, const char *attribute)
{
    return g_build_filename("/sys/class/net", interface, attribute, NULL);
}

static gboolean is_in_use(const char *interface)
{
    g_autofree char *path = interface_link(interface, "carrier");
    g_autofree char *carrier = sysfs_read(path);

    return g_strcmp0(carrier, "1") == 0;
}

/* Not knowing better, a radio is there for the LAN. */
static WirelessInterface read_wireless(const char *interface)
{
    g_autoptr(Nl80211) nl80211 = nl80211_new(NULL);
    WirelessInterface found = {.type = NL80211_IFTYPE_STATION};

    if (nl80211)
        nl80211_read_interface(nl80211, if_nametoindex(interface), &found, NULL);
    return found;
}

static gboolean stops_wireless(const Plan *plan, guint item, const char *interface)
{
    const WirelessRules rules = wireless_rules_of_plan(plan);
    const WirelessInterface found = read_wireless(interface);
    g_autoptr(WirelessSystem) system = wireless_system_new();
    g_autofree char *link = interface_link(interface, "phy80211");
    g_autofree char *path = sysfs_device_path(link);
    const WirelessRadio radio = {
        .number = found.radio,
        .name = path ? g_path_get_basename(path) : g_strdup(""),
        .path = g_steal_pointer(&path),
        .in_sight = TRUE,
        .rfkill = WIRELESS_NO_SWITCH,
    };

    wireless_system_add_radio(system, &radio);
    return (wireless_rules_use(&rules, system, &found) & wireless_rules_use_of_item(item)) != 0;
}

static gboolean exempts_controller(const Plan *plan, const Udc *udc)
{
    return hardware_name_matches((const char *const *)plan->exempt_udcs, udc->name, udc->path);
}

/* The gadget's device, "gadget.0", is a directory on the way to that of its network interface. */
static gboolean stops_gadget_interface(const Plan *plan, const char *interface)
{
    g_autoptr(GadgetSurvey) survey = gadget_survey_new(GADGET_SYSFS, NULL);
    g_autofree char *link = interface_link(interface, "device");
    g_autofree char *path = sysfs_device_path(link);
    g_auto(GStrv) parts = g_strsplit(path ? path : "", "/", -1);

    for (guint i = 0; i < survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(survey->udcs, i);
        if (udc->device && g_strv_contains((const char *const *)parts, udc->device))
            return !exempts_controller(plan, udc);
    }
    return TRUE;
}

static gboolean stops_interface(const Plan *plan, guint item, const char *interface)
{
    g_autofree char *base = NULL;

    switch (interface_kind_find(interface, &base)) {
    case INTERFACE_WIRELESS:
        return stops_wireless(plan, item, base);
    case INTERFACE_USB_DEVICE:
        return catalog_items[item].effect == KERNEL_EFFECT_NO_USB_DEVICE &&
               stops_gadget_interface(plan, base);
    case INTERFACE_OTHER:
        break;
    }
    return FALSE;
}

static void add_interfaces(GPtrArray *sentences, const Plan *plan, guint item)
{
    g_autoptr(GPtrArray) defaults = route_survey_default_interfaces(NULL);
    struct if_nameindex *interfaces = if_nameindex();

    for (const struct if_nameindex *at = interfaces; at && at->if_name; at++) {
        if (!stops_interface(plan, item, at->if_name))
            continue;
        if (defaults && g_ptr_array_find_with_equal_func(defaults, at->if_name, g_str_equal, NULL))
            say(sentences, "The default route goes over %s, which this item stops", at->if_name);
        else if (is_in_use(at->if_name))
            say(sentences, "%s is in use, and this item stops it", at->if_name);
    }
    if_freenameindex(interfaces);
}

/* Gadgets */

static void add_gadgets(GPtrArray *sentences, const Plan *plan)
{
    g_autoptr(GadgetSurvey) survey = gadget_survey_new(GADGET_SYSFS, NULL);

    for (guint i = 0; i < survey->udcs->len; i++) {
        const Udc *udc = g_ptr_array_index(survey->udcs, i);
        if (!udc_is_bound(udc) || exempts_controller(plan, udc))
            continue;
        say(sentences, "Gadget %s is bound to %s, and this item takes it off",
            udc->function ? udc->function : udc->driver, udc->name);
    }
}

/* Storage */

static gboolean is_essential(const GPtrArray *essential, const char *usb_interface)
{
    for (guint i = 0; i < essential->len; i++) {
        const UsbEssential *one = g_ptr_array_index(essential, i);
        if (strcmp(one->interface, usb_interface) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean loses_storage(const Plan *plan, const GPtrArray *essential, const UsbMount *mount)
{
    for (guint i = 0; i < mount->interfaces->len; i++) {
        const char *usb_interface = g_ptr_array_index(mount->interfaces, i);
        if (!is_essential(essential, usb_interface) && !usb_tree_is_exempt(plan, usb_interface))
            return TRUE;
    }
    return FALSE;
}

static void add_mounts(GPtrArray *sentences, const Plan *plan)
{
    g_autoptr(GPtrArray) mounts = usb_mounts_read();
    g_autoptr(GPtrArray) essential = usb_mounts_essential();

    for (guint i = 0; i < mounts->len; i++) {
        const UsbMount *mount = g_ptr_array_index(mounts, i);
        if (loses_storage(plan, essential, mount))
            say(sentences, "%s is mounted from USB storage, which this item takes away",
                mount->point);
    }
}

void hardware_consequences_add(GPtrArray *sentences, const Plan *plan, guint item)
{
    switch (catalog_items[item].effect) {
    case KERNEL_EFFECT_NO_USB_DEVICE:
        add_gadgets(sentences, plan);
        add_interfaces(sentences, plan, item);
        break;
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
        add_interfaces(sentences, plan, item);
        break;
    case KERNEL_EFFECT_NO_USB_STORAGE:
        add_mounts(sentences, plan);
        break;
    case KERNEL_EFFECT_NONE:
    case KERNEL_EFFECT_CLOSE_PORTS:
    case KERNEL_EFFECT_SNMP_V3_ONLY:
        break;
    }
}
