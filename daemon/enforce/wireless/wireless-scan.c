/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/wireless/wireless-scan.h"

#include <errno.h>
#include <string.h>

#include "daemon/enforce/wireless/link-state.h"

/* Where the class has a link to each device, of which the text alone is read: behind it, a radio in
 * another network namespace is not to be seen. */
#define RFKILL_CLASS "/sys/class/rfkill"
#define RADIO_CLASS  "/sys/class/ieee80211"

static gboolean scan_interfaces(Nl80211 *nl80211, NlSocket *links, WirelessSystem *system,
                                GError **error)
{
    g_autoptr(GArray) interfaces = nl80211_dump_interfaces(nl80211, error);

    for (guint i = 0; interfaces && i < interfaces->len; i++) {
        WirelessInterface *at = &g_array_index(interfaces, WirelessInterface, i);
        g_autoptr(GError) refusal = NULL;

        if (at->interface == 0 || link_state_read(links, at->interface, &at->up, &refusal)) {
            g_array_append_val(system->interfaces, *at);
        } else if (!g_error_matches(refusal, NL_REQUEST_ERROR, ENODEV)) {
            g_propagate_prefixed_error(error, g_steal_pointer(&refusal),
                                       "Cannot read the state of %s: ", at->name);
            return FALSE;
        }
    }
    return interfaces != NULL;
}

/* A radio's name is its own on the whole machine, whatever the network namespace. */
static WirelessRadio *find_radio(WirelessSystem *system, const char *name)
{
    for (guint i = 0; i < system->radios->len; i++) {
        WirelessRadio *radio = &g_array_index(system->radios, WirelessRadio, i);
        if (g_str_equal(radio->name, name))
            return radio;
    }
    return NULL;
}

static void add_radio_of_switch(WirelessSystem *system, guint32 index)
{
    g_autofree char *link = g_strdup_printf(RFKILL_CLASS "/rfkill%u", index);
    g_autofree char *target = g_file_read_link(link, NULL);
    WirelessRadio radio = {.rfkill = index};

    if (target && rfkill_link_parse(target, &radio.name, &radio.path))
        wireless_system_add_radio(system, &radio);
}

/* Where the switches cannot be reached, they still tell what radios there are elsewhere. */
static void scan_links(WirelessSystem *system)
{
    g_autoptr(GDir) class = g_dir_open(RFKILL_CLASS, 0, NULL);
    const char *name;

    while (class && (name = g_dir_read_name(class))) {
        guint64 index = 0;
        if (g_str_has_prefix(name, "rfkill") &&
            g_ascii_string_to_unsigned(name + strlen("rfkill"), 10, 0, G_MAXUINT32, &index, NULL))
            add_radio_of_switch(system, (guint32)index);
    }
}

static void scan_switches(Rfkill *rfkill, WirelessSystem *system)
{
    rfkill_read_waiting(rfkill);
    system->rfkill = TRUE;
    const GArray *switches = rfkill_table(rfkill)->switches;
    g_array_append_vals(system->switches, switches->data, switches->len);
    for (guint i = 0; i < switches->len; i++)
        add_radio_of_switch(system, g_array_index(switches, RfkillSwitch, i).index);
}

/* The path of a radio that has no switch. */
static char *find_path(const char *name)
{
    g_autofree char *link = g_build_filename(RADIO_CLASS, name, NULL);
    g_autofree char *target = g_file_read_link(link, NULL);

    return g_strdup(target ? strstr(target, "/devices/") : NULL);
}

static void add_wiphy(WirelessSystem *system, const WirelessWiphy *wiphy)
{
    WirelessRadio *known = find_radio(system, wiphy->name);

    if (known) {
        known->number = wiphy->radio;
        known->in_sight = TRUE;
        return;
    }
    const WirelessRadio radio = {
        .number = wiphy->radio,
        .name = g_strdup(wiphy->name),
        .path = find_path(wiphy->name),
        .in_sight = TRUE,
        .rfkill = WIRELESS_NO_SWITCH,
    };
    wireless_system_add_radio(system, &radio);
}

static gboolean scan_wiphys(Nl80211 *nl80211, WirelessSystem *system, GError **error)
{
    g_autoptr(GArray) wiphys = nl80211_dump_wiphys(nl80211, error);

    for (guint i = 0; wiphys && i < wiphys->len; i++)
        add_wiphy(system, &g_array_index(wiphys, WirelessWiphy, i));
    return wiphys != NULL;
}

/* The switches come first: the kernel makes one after its radio is there and removes it before. So
 * a switch that then belongs to no radio in sight is that of one elsewhere, not of one just come.
 */
WirelessSystem *wireless_scan(Nl80211 *nl80211, NlSocket *links, Rfkill *rfkill, GError **error)
{
    g_autoptr(WirelessSystem) system = wireless_system_new();

    system->supported = nl80211 != NULL;
    if (rfkill)
        scan_switches(rfkill, system);
    else
        scan_links(system);
    if (nl80211 &&
        (!scan_wiphys(nl80211, system, error) || !scan_interfaces(nl80211, links, system, error)))
        return NULL;
    return g_steal_pointer(&system);
}
