/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-setting.h"

#include <stddef.h>

#include "daemon/bus/bus-object.h"
#include "daemon/bus/bus-value.h"

/* What is published of a setting. sd-bus reads plain fields by their offset. */
typedef struct BusSetting {
    const BusContext *context;
    guint index;
    const char *name;
    const char *label;
    int available;
    int locked;
    const char *state;
    guint revision; /* of the reports, as published */
    Plan *plan;     /* value and requiring items as published */
} BusSetting;

struct BusSettings {
    BusSetting settings[CATALOG_N_SETTINGS];
};

static const PlanSetting *plan_setting(const BusSetting *setting)
{
    return &setting->plan->settings[setting->index];
}

static const Settings *settings_of(const BusSetting *setting)
{
    return reconciler_settings(manager_reconciler(setting->context->manager));
}

static int get_value(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    return bus_value_append_variant(reply, plan_setting(data)->value);
}

static int get_required_by(sd_bus *bus, const char *path, const char *interface,
                           const char *property, sd_bus_message *reply, void *data,
                           sd_bus_error *ret_error)
{
    const GPtrArray *items = plan_setting(data)->required_by;

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "s");
    for (guint i = 0; r >= 0 && i < items->len; i++) {
        const CatalogItem *item = g_ptr_array_index(items, i);
        r = sd_bus_message_append(reply, "s", item->key);
    }
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_report(sd_bus_message *reply, const SettingReport *report)
{
    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_STRUCT, "ssvs");
    if (r >= 0)
        r = sd_bus_message_append(reply, "ss", report->connection, report->unit);
    if (r >= 0)
        r = bus_value_append_variant(reply, report->value);
    if (r >= 0)
        r = sd_bus_message_append(reply, "s", report->reason);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_reports(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    const BusSetting *setting = data;
    const GPtrArray *reports = settings_reports(settings_of(setting), setting->index);

    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "(ssvs)");
    for (guint i = 0; r >= 0 && i < reports->len; i++)
        r = append_report(reply, g_ptr_array_index(reports, i));
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

#define CONSTANT SD_BUS_VTABLE_PROPERTY_CONST
#define CHANGES  SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE

static const sd_bus_vtable setting_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Name", "s", NULL, offsetof(BusSetting, name), CONSTANT),
    SD_BUS_PROPERTY("Label", "s", NULL, offsetof(BusSetting, label), CONSTANT),
    SD_BUS_PROPERTY("Available", "b", NULL, offsetof(BusSetting, available), CHANGES),
    SD_BUS_PROPERTY("Locked", "b", NULL, offsetof(BusSetting, locked), CHANGES),
    SD_BUS_PROPERTY("Value", "v", get_value, 0, CHANGES),
    SD_BUS_PROPERTY("RequiredBy", "as", get_required_by, 0, CHANGES),
    SD_BUS_PROPERTY("Reports", "a(ssvs)", get_reports, 0, CHANGES),
    SD_BUS_PROPERTY("State", "s", NULL, offsetof(BusSetting, state), CHANGES),
    SD_BUS_VTABLE_END,
};

static gboolean same_items(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++)
        if (g_ptr_array_index(a, i) != g_ptr_array_index(b, i))
            return FALSE;
    return TRUE;
}

/* Takes over the present facts; adds the names of the properties that differ to @changed. */
static void refresh(BusSetting *setting, GPtrArray *changed)
{
    const Settings *settings = settings_of(setting);
    Plan *plan = reconciler_plan(manager_reconciler(setting->context->manager));
    const PlanSetting *now = &plan->settings[setting->index];
    const PlanSetting *before = setting->plan ? plan_setting(setting) : now;
    const char *state = setting_state_to_string(settings_state(settings, setting->index));
    const guint revision = settings_reports_revision(settings, setting->index);

    bus_object_note(changed, "Available", setting->available != now->available);
    bus_object_note(changed, "Locked", setting->locked != now->locked);
    bus_object_note(changed, "Value", !g_variant_equal(before->value, now->value));
    bus_object_note(changed, "RequiredBy", !same_items(before->required_by, now->required_by));
    bus_object_note(changed, "Reports", setting->revision != revision);
    bus_object_note(changed, "State", setting->state != state);

    setting->available = now->available;
    setting->locked = now->locked;
    plan_ref(plan);
    plan_unref(setting->plan);
    setting->plan = plan;
    setting->revision = revision;
    setting->state = state;
}

BusSettings *bus_settings_new(const BusContext *context)
{
    BusSettings *settings = g_new0(BusSettings, 1);
    g_autoptr(GPtrArray) ignored = g_ptr_array_new();

    for (guint i = 0; i < CATALOG_N_SETTINGS; i++) {
        settings->settings[i] = (BusSetting){
            .context = context,
            .index = i,
            .name = catalog_settings[i].name,
            .label = catalog_settings[i].label,
        };
        refresh(&settings->settings[i], ignored);
    }
    return settings;
}

void bus_settings_free(BusSettings *settings)
{
    if (!settings)
        return;
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        plan_unref(settings->settings[i].plan);
    g_free(settings);
}

static int find_setting(sd_bus *bus, const char *path, const char *interface, void *data,
                        void **ret_found, sd_bus_error *ret_error)
{
    BusSettings *settings = data;
    const char *name = bus_object_name(path, BUS_SETTING_PATH);
    const CatalogSetting *row = name ? catalog_find_setting(name) : NULL;

    if (!row)
        return 0;
    *ret_found = &settings->settings[catalog_setting_index(row)];
    return 1;
}

static int list_settings(sd_bus *bus, const char *prefix, void *data, char ***ret_nodes,
                         sd_bus_error *ret_error)
{
    const char *names[CATALOG_N_SETTINGS];

    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        names[i] = catalog_settings[i].name;
    return bus_object_nodes(BUS_SETTING_PATH, names, CATALOG_N_SETTINGS, ret_nodes);
}

int bus_settings_attach(BusSettings *settings, sd_bus *bus)
{
    const int r = sd_bus_add_fallback_vtable(bus, NULL, BUS_SETTING_PATH, BUS_SETTING_IFACE,
                                             setting_vtable, find_setting, settings);
    return r < 0 ? r
                 : sd_bus_add_node_enumerator(bus, NULL, BUS_SETTING_PATH, list_settings, settings);
}

static void update(BusSetting *setting, sd_bus *bus)
{
    g_autoptr(GPtrArray) changed = g_ptr_array_new();
    g_autofree char *path = g_strconcat(BUS_SETTING_PATH "/", setting->name, NULL);

    refresh(setting, changed);
    bus_object_emit_changed(bus, path, BUS_SETTING_IFACE, changed);
}

void bus_settings_update(BusSettings *settings, sd_bus *bus)
{
    for (guint i = 0; i < CATALOG_N_SETTINGS; i++)
        update(&settings->settings[i], bus);
}
