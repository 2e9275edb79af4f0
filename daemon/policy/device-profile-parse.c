/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/device-profile-fields.h"
#include "daemon/policy/device-profile-read.h"

static void read_source(DeviceProfileReader *reader, const DeviceProfileSource *source)
{
    guint first = reader->diagnostics->list->len;
    reader->file = source->name;
    g_autoptr(IniFile) ini =
        ini_scan(source->text, source->length, source->name, reader->diagnostics);
    if (ini == NULL)
        return;
    for (guint i = 0; i < ini->groups->len; i++)
        device_profile_read_group(reader, ini->groups->pdata[i]);
    for (guint i = 0; i < ini->entries->len; i++)
        device_profile_read_entry(reader, &g_array_index(ini->entries, IniEntry, i));
    diagnostics_sort(reader->diagnostics, first);
}

static gboolean has_ports(const PortListEntry *entry, const PortSet *tcp, const PortSet *udp)
{
    PortSet missing_tcp = {0};
    PortSet missing_udp = {0};
    if (entry->tcp)
        port_set_add_range(&missing_tcp, entry->range.first, entry->range.last);
    if (entry->udp)
        port_set_add_range(&missing_udp, entry->range.first, entry->range.last);
    port_set_subtract(&missing_tcp, tcp);
    port_set_subtract(&missing_udp, udp);
    return port_set_is_empty(&missing_tcp) && port_set_is_empty(&missing_udp);
}

/* An item can be narrowed only to ports that it has, which any of the files may have added. */
static void check_narrowed(const DeviceProfileReader *reader, const CatalogItem *item)
{
    gsize index = catalog_item_index(item);
    const GArray *narrowed = reader->profile->narrowed_ports[index];
    if (narrowed == NULL)
        return;
    PortSet tcp;
    PortSet udp;
    device_profile_full_ports(reader->profile, item, &tcp, &udp);
    for (guint i = 0; i < narrowed->len; i++) {
        const PortListEntry *entry = &g_array_index(narrowed, PortListEntry, i);
        if (has_ports(entry, &tcp, &udp))
            continue;
        g_autofree char *ports = port_list_entry_to_string(entry);
        const DeviceProfilePlace *place = &reader->narrowed[index];
        diagnostics_add(reader->diagnostics, place->file, place->line, DIAGNOSTIC_ERROR, item->key,
                        "the item cannot be narrowed to %s, which it does not close", ports);
    }
}

DeviceProfile *device_profile_parse(const DeviceProfileSource *sources, gsize n_sources,
                                    Diagnostics *diagnostics)
{
    guint n_errors = diagnostics->n_errors;
    g_autoptr(DeviceProfile) profile = device_profile_new();
    DeviceProfileReader reader = {.profile = profile, .diagnostics = diagnostics};
    for (gsize i = 0; i < n_sources; i++)
        read_source(&reader, &sources[i]);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        check_narrowed(&reader, &catalog_items[i]);
    device_profile_check_radios(&reader);
    return diagnostics->n_errors == n_errors ? g_steal_pointer(&profile) : NULL;
}
