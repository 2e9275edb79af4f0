/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/device-profile.h"

#include "daemon/policy/device-profile-fields.h"

/* connect() searches the range for a free port and gives up when all are reserved; with a tenth of
 * it gone it is still found at the first few tries. */
#define EPHEMERAL_SHARE 10

G_DEFINE_QUARK(secpold_device_profile_error, device_profile_error)

DeviceProfile *device_profile_new(void)
{
    DeviceProfile *profile = g_new0(DeviceProfile, 1);
    profile->model = g_strdup("");
    profile->absent_functions = g_ptr_array_new_with_free_func(g_free);
    profile->log_group = DEVICE_PROFILE_DEFAULT_LOG_GROUP;
    profile->table_owner = TRUE;
    profile->trusted_keys = g_strdup(DEVICE_PROFILE_DEFAULT_TRUSTED_KEYS);
    return profile;
}

static void free_port_lists(GArray *lists[CATALOG_N_ITEMS])
{
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (lists[i] != NULL)
            g_array_unref(lists[i]);
}

void device_profile_free(DeviceProfile *profile)
{
    if (profile == NULL)
        return;
    free_port_lists(profile->added_ports);
    free_port_lists(profile->narrowed_ports);
    for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
        g_strfreev(profile->setting_agents[i]);
    for (gsize i = 0; i <= HARDWARE_LIST_LAST; i++)
        g_strfreev(profile->hardware[i]);
    g_strfreev(profile->exempt_interfaces);
    g_ptr_array_unref(profile->absent_functions);
    g_free(profile->model);
    g_free(profile->trusted_keys);
    g_free(profile);
}

const char *device_profile_model(const DeviceProfile *profile)
{
    return profile->model;
}

gboolean device_profile_has_function(const DeviceProfile *profile, const char *function)
{
    return !g_ptr_array_find_with_equal_func(profile->absent_functions, function, g_str_equal,
                                             NULL);
}

void device_profile_full_ports(const DeviceProfile *profile, const CatalogItem *item,
                               PortSet *ret_tcp, PortSet *ret_udp)
{
    *ret_tcp = (PortSet){0};
    for (gsize i = 0; i < item->n_ports; i++)
        port_set_add_range(ret_tcp, item->ports[i].first, item->ports[i].last);
    *ret_udp = *ret_tcp;
    port_list_add_to(profile->added_ports[catalog_item_index(item)], ret_tcp, ret_udp);
}

void device_profile_item_ports(const DeviceProfile *profile, const CatalogItem *item,
                               PortSet *ret_tcp, PortSet *ret_udp)
{
    device_profile_full_ports(profile, item, ret_tcp, ret_udp);
    const GArray *narrowed = profile->narrowed_ports[catalog_item_index(item)];
    if (narrowed == NULL)
        return;
    PortSet tcp = {0};
    PortSet udp = {0};
    port_list_add_to(narrowed, &tcp, &udp);
    port_set_intersect(ret_tcp, &tcp);
    port_set_intersect(ret_udp, &udp);
}

static gboolean leaves_ports_out(const DeviceProfile *profile, const CatalogItem *item)
{
    PortSet full_tcp;
    PortSet full_udp;
    PortSet tcp;
    PortSet udp;
    device_profile_full_ports(profile, item, &full_tcp, &full_udp);
    device_profile_item_ports(profile, item, &tcp, &udp);
    return !port_set_equal(&full_tcp, &tcp) || !port_set_equal(&full_udp, &udp);
}

static char *ports_narrowed(const DeviceProfile *profile, const CatalogItem *item)
{
    g_autoptr(GString) reason = g_string_new(NULL);
    const GArray *narrowed = profile->narrowed_ports[catalog_item_index(item)];
    if (narrowed != NULL && leaves_ports_out(profile, item)) {
        g_autofree char *ports = port_list_to_string(narrowed);
        gboolean several = narrowed->len > 1;
        g_string_printf(reason, "only %s %s closed", ports, several ? "are" : "is");
    }
    if (profile->exempt_interfaces != NULL) {
        g_autofree char *names = g_strjoinv(", ", profile->exempt_interfaces);
        g_string_append_printf(reason, "%snothing is closed on %s", reason->len > 0 ? "; " : "",
                               names);
    }
    return reason->len > 0 ? g_string_free(g_steal_pointer(&reason), FALSE) : NULL;
}

static char *hardware_narrowed(const DeviceProfile *profile, HardwareList list, const char *what)
{
    if (profile->hardware[list] == NULL)
        return NULL;
    g_autofree char *names = g_strjoinv(", ", profile->hardware[list]);
    return g_strdup_printf("%s left alone: %s", what, names);
}

char *device_profile_item_narrowed(const DeviceProfile *profile, const CatalogItem *item)
{
    switch (item->effect) {
    case KERNEL_EFFECT_NO_DIRECT_CONNECTION:
    case KERNEL_EFFECT_NO_WIRELESS_LAN:
        return hardware_narrowed(profile, HARDWARE_EXEMPT_RADIOS, "radios");
    case KERNEL_EFFECT_NO_USB_DEVICE:
        return hardware_narrowed(profile, HARDWARE_EXEMPT_CONTROLLERS, "USB device controllers");
    case KERNEL_EFFECT_NO_USB_STORAGE:
        return hardware_narrowed(profile, HARDWARE_EXEMPT_PORTS, "USB ports");
    case KERNEL_EFFECT_CLOSE_PORTS:
    case KERNEL_EFFECT_SNMP_V3_ONLY:
        return ports_narrowed(profile, item);
    case KERNEL_EFFECT_NONE:
        break;
    }
    return NULL;
}

static const char *const *names_or_none(GStrv names)
{
    static const char *const none[] = {NULL};
    return names != NULL ? (const char *const *)names : none;
}

const char *const *device_profile_exempt_interfaces(const DeviceProfile *profile)
{
    return names_or_none(profile->exempt_interfaces);
}

const char *const *device_profile_hardware(const DeviceProfile *profile, HardwareList list)
{
    return names_or_none(profile->hardware[list]);
}

const char *const *device_profile_setting_agents(const DeviceProfile *profile,
                                                 const CatalogSetting *setting)
{
    return (const char *const *)profile->setting_agents[catalog_setting_index(setting)];
}

guint device_profile_log_group(const DeviceProfile *profile)
{
    return profile->log_group;
}

gboolean device_profile_table_owner(const DeviceProfile *profile)
{
    return profile->table_owner;
}

gboolean device_profile_require_signature(const DeviceProfile *profile)
{
    return profile->require_signature;
}

gboolean device_profile_allow_older_serial(const DeviceProfile *profile)
{
    return profile->allow_older_serial;
}

const char *device_profile_trusted_keys(const DeviceProfile *profile)
{
    return profile->trusted_keys;
}

gboolean device_profile_check_ephemeral(const DeviceProfile *profile, PortRange ephemeral,
                                        GError **error)
{
    PortSet closed = {0};
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++) {
        PortSet tcp;
        PortSet udp;
        device_profile_item_ports(profile, &catalog_items[i], &tcp, &udp);
        port_set_union(&closed, &tcp);
        port_set_union(&closed, &udp);
    }
    PortSet range = {0};
    port_set_add_range(&range, ephemeral.first, ephemeral.last);
    port_set_intersect(&closed, &range);

    guint n_closed = port_set_count(&closed);
    guint n_ports = port_set_count(&range);
    if (n_closed * EPHEMERAL_SHARE <= n_ports)
        return TRUE;
    g_set_error(error, DEVICE_PROFILE_ERROR, DEVICE_PROFILE_ERROR_EPHEMERAL,
                "the device profile can close %u of the %u ports from %u to %u that outgoing "
                "connections use, and more than a tenth would break them: take ports from [Ports], "
                "or move net.ipv4.ip_local_port_range",
                n_closed, n_ports, ephemeral.first, ephemeral.last);
    return FALSE;
}
