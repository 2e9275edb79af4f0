/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/policy/device-profile-read.h"

#include <string.h>

#include "daemon/policy/device-profile-fields.h"
#include "daemon/policy/ini-value.h"
#include "daemon/policy/nearest.h"
#include "daemon/policy/system-name.h"

#define MODEL_MAX_CHARACTERS  128
#define EXEMPT_INTERFACES_MAX 64
#define AGENTS_MAX            16
#define PORT_ENTRIES_MAX      256

static void offer(const char *name, gpointer data)
{
    nearest_offer(data, name);
}

static void report_unknown(DeviceProfileReader *reader, const IniEntry *entry, const char *what,
                           const Nearest *nearest)
{
    g_autofree char *hint = nearest_to_hint(nearest);
    device_profile_report(reader, entry, "unknown %s%s", what, hint);
}

/* Reads a value into the profile; several errors may be reported. */
typedef void (*ReadEntry)(DeviceProfileReader *reader, const IniEntry *entry);

/* NULL for an empty value; names that are not valid are reported. */
static GStrv read_names(DeviceProfileReader *reader, const IniEntry *entry, guint maximum,
                        gboolean (*is_valid)(const char *name), const char *kind)
{
    g_auto(GStrv) names = device_profile_read_words(reader, entry, maximum);
    if (names == NULL || *names == NULL)
        return NULL;
    for (char **name = names; *name != NULL; name++) {
        if (is_valid(*name))
            continue;
        g_autofree char *quoted = ini_value_quote(*name);
        device_profile_report(reader, entry, "%s is not %s", quoted, kind);
    }
    return g_steal_pointer(&names);
}

static void read_model(DeviceProfileReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    if (!ini_value_check_text(entry->value, 0, MODEL_MAX_CHARACTERS, &error)) {
        device_profile_report(reader, entry, "%s", error->message);
        return;
    }
    g_free(reader->profile->model);
    reader->profile->model = g_strdup(entry->value);
}

static void read_log_group(DeviceProfileReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    guint64 group;
    if (ini_value_parse_number(entry->value, 1, G_MAXUINT16, NULL, &group, &error))
        reader->profile->log_group = (guint)group;
    else
        device_profile_report(reader, entry, "%s", error->message);
}

static void read_table_owner(DeviceProfileReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    if (!ini_value_parse_flag(entry->value, &reader->profile->table_owner, &error))
        device_profile_report(reader, entry, "%s", error->message);
}

static void read_require_signature(DeviceProfileReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    if (!ini_value_parse_flag(entry->value, &reader->profile->require_signature, &error))
        device_profile_report(reader, entry, "%s", error->message);
}

static void read_allow_older_serial(DeviceProfileReader *reader, const IniEntry *entry)
{
    g_autoptr(GError) error = NULL;
    if (!ini_value_parse_flag(entry->value, &reader->profile->allow_older_serial, &error))
        device_profile_report(reader, entry, "%s", error->message);
}

static void read_trusted_keys(DeviceProfileReader *reader, const IniEntry *entry)
{
    if (!g_path_is_absolute(entry->value)) {
        device_profile_report(reader, entry, "not an absolute path of a directory");
        return;
    }
    g_free(reader->profile->trusted_keys);
    reader->profile->trusted_keys = g_strdup(entry->value);
}

static void read_exempt_interfaces(DeviceProfileReader *reader, const IniEntry *entry)
{
    GStrv *names = &reader->profile->exempt_interfaces;
    g_strfreev(*names);
    *names = read_names(reader, entry, EXEMPT_INTERFACES_MAX, system_name_is_interface,
                        "the name of one network interface");
}

static void read_function(DeviceProfileReader *reader, const IniEntry *entry)
{
    if (!catalog_is_function(entry->key)) {
        Nearest nearest;
        nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : entry->key);
        catalog_foreach_function(offer, &nearest);
        report_unknown(reader, entry, "function", &nearest);
        return;
    }
    g_autoptr(GError) error = NULL;
    gboolean present;
    if (entry->value == NULL)
        return;
    if (!ini_value_parse_flag(entry->value, &present, &error)) {
        device_profile_report(reader, entry, "%s", error->message);
        return;
    }
    GPtrArray *absent = reader->profile->absent_functions;
    guint at;
    gboolean was_absent = g_ptr_array_find_with_equal_func(absent, entry->key, g_str_equal, &at);
    if (was_absent && present)
        g_ptr_array_remove_index(absent, at);
    else if (!was_absent && !present)
        g_ptr_array_add(absent, g_strdup(entry->key));
}

/* The item that the key names, if it closes ports; else NULL, which is reported. */
static const CatalogItem *find_port_item(DeviceProfileReader *reader, const IniEntry *entry)
{
    const CatalogItem *item = catalog_find_item(entry->key);
    if (item != NULL && catalog_item_closes_ports(item))
        return item;
    if (item != NULL) {
        device_profile_report(reader, entry, "the item closes no ports");
        return NULL;
    }
    Nearest nearest;
    nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : entry->key);
    for (gsize i = 0; i < CATALOG_N_ITEMS; i++)
        if (catalog_item_closes_ports(&catalog_items[i]))
            nearest_offer(&nearest, catalog_items[i].key);
    report_unknown(reader, entry, "item", &nearest);
    return NULL;
}

/* An empty list is none at all, so that a later file can take back what an earlier one said. */
static void read_port_list(DeviceProfileReader *reader, const IniEntry *entry, GArray **list)
{
    g_auto(GStrv) words = device_profile_read_words(reader, entry, PORT_ENTRIES_MAX);
    if (*list != NULL)
        g_array_unref(*list);
    *list = NULL;
    if (words == NULL || *words == NULL)
        return;
    *list = g_array_new(FALSE, FALSE, sizeof(PortListEntry));
    for (char **word = words; *word != NULL; word++) {
        g_autoptr(GError) problem = NULL;
        PortListEntry ports;
        if (port_list_parse_entry(*word, &ports, &problem))
            g_array_append_val(*list, ports);
        else
            device_profile_report(reader, entry, "%s", problem->message);
    }
}

static void read_ports(DeviceProfileReader *reader, const IniEntry *entry)
{
    const CatalogItem *item = find_port_item(reader, entry);
    if (item != NULL && entry->value != NULL)
        read_port_list(reader, entry, &reader->profile->added_ports[catalog_item_index(item)]);
}

static void read_narrow(DeviceProfileReader *reader, const IniEntry *entry)
{
    const CatalogItem *item = find_port_item(reader, entry);
    if (item == NULL || entry->value == NULL)
        return;
    gsize index = catalog_item_index(item);
    reader->narrowed[index] = (DeviceProfilePlace){reader->file, entry->line};
    read_port_list(reader, entry, &reader->profile->narrowed_ports[index]);
}

static void read_agents(DeviceProfileReader *reader, const IniEntry *entry)
{
    const CatalogSetting *setting = catalog_find_setting(entry->key);
    if (setting == NULL) {
        Nearest nearest;
        nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : entry->key);
        for (gsize i = 0; i < CATALOG_N_SETTINGS; i++)
            nearest_offer(&nearest, catalog_settings[i].name);
        report_unknown(reader, entry, "setting", &nearest);
        return;
    }
    if (entry->value == NULL)
        return;
    GStrv *agents = &reader->profile->setting_agents[catalog_setting_index(setting)];
    g_strfreev(*agents);
    *agents = read_names(reader, entry, AGENTS_MAX, system_name_is_bus_name,
                         "a well-known name on the bus");
}

typedef struct FixedKey {
    const char *group;
    const char *key;
    ReadEntry read;
} FixedKey;

static const FixedKey fixed_keys[] = {
    {"Device", "Model", read_model},
    {"Narrow", "ExemptInterfaces", read_exempt_interfaces},
    {"Firewall", "LogGroup", read_log_group},
    {"Firewall", "TableOwner", read_table_owner},
    {"Usb", "ExemptControllers", device_profile_read_hardware},
    {"Usb", "ExemptPorts", device_profile_read_hardware},
    {"Wireless", "ExemptRadios", device_profile_read_hardware},
    {"Wireless", "DirectRadios", device_profile_read_hardware},
    {"Wireless", "LanRadios", device_profile_read_hardware},
    {"Import", "RequireSignature", read_require_signature},
    {"Import", "AllowOlderSerial", read_allow_older_serial},
    {"Import", "TrustedKeys", read_trusted_keys},
};

/* Groups, and how their keys are read that are not fixed ones. */
static const struct {
    const char *name;
    ReadEntry read;
} known_groups[] = {
    {"Device", NULL},      {"Functions", read_function},
    {"Ports", read_ports}, {"Narrow", read_narrow},
    {"Firewall", NULL},    {"Agents", read_agents},
    {"Import", NULL},      {"Usb", NULL},
    {"Wireless", NULL},
};

static ssize_t find_group(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(known_groups); i++)
        if (strcmp(known_groups[i].name, name) == 0)
            return (ssize_t)i;
    return -1;
}

void device_profile_read_group(DeviceProfileReader *reader, const IniGroup *group)
{
    /* A group whose line is damaged has no name; it has been reported. */
    if (*group->name == '\0' || ini_group_is_foreign(group) || find_group(group->name) >= 0)
        return;
    Nearest nearest;
    nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : group->name);
    for (gsize i = 0; i < G_N_ELEMENTS(known_groups); i++)
        nearest_offer(&nearest, known_groups[i].name);
    g_autofree char *hint = nearest_to_hint(&nearest);
    diagnostics_add(reader->diagnostics, reader->file, group->line, DIAGNOSTIC_ERROR, group->name,
                    "unknown group%s", hint);
}

static const FixedKey *find_fixed_key(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fixed_keys); i++)
        if (strcmp(fixed_keys[i].key, key) == 0)
            return &fixed_keys[i];
    return NULL;
}

static void read_fixed_key(DeviceProfileReader *reader, const FixedKey *fixed,
                           const IniEntry *entry)
{
    const char *group = entry->group->name;
    if (find_group(group) >= 0 && strcmp(fixed->group, group) != 0)
        device_profile_report(reader, entry, "the key belongs in group [%s], not [%s]",
                              fixed->group, group);
    if (entry->value != NULL)
        fixed->read(reader, entry);
}

static void report_unknown_key(DeviceProfileReader *reader, const IniEntry *entry)
{
    Nearest nearest;
    nearest_init(&nearest, diagnostics_is_full(reader->diagnostics) ? NULL : entry->key);
    for (gsize i = 0; i < G_N_ELEMENTS(fixed_keys); i++)
        nearest_offer(&nearest, fixed_keys[i].key);
    report_unknown(reader, entry, "key", &nearest);
}

void device_profile_read_entry(DeviceProfileReader *reader, const IniEntry *entry)
{
    const FixedKey *fixed = find_fixed_key(entry->key);
    if (fixed != NULL) {
        read_fixed_key(reader, fixed, entry);
        return;
    }
    ssize_t group = find_group(entry->group->name);
    if (group < 0)
        return;
    if (known_groups[group].read != NULL)
        known_groups[group].read(reader, entry);
    else
        report_unknown_key(reader, entry);
}
