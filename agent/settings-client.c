/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/settings-client.h"

#include <string.h>

#include "agent/bus-cleanup.h"

#define NAME           "org.secpold1"
#define ROOT           "/org/secpold1"
#define SETTING_PREFIX ROOT "/setting/"
#define MANAGER        NAME ".Manager"
#define SETTING        NAME ".Setting"
#define CALL_USEC      (10 * G_USEC_PER_SEC)

struct SettingsClient {
    sd_bus *bus;
    sd_bus_slot *matches[3];
    SettingsListener listener;
};

G_DEFINE_QUARK(secpold_settings_client_error, settings_client_error)

static gboolean fail(GError **error, const char *what, int r, const sd_bus_error *from)
{
    const gboolean away = sd_bus_error_has_name(from, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
                          sd_bus_error_has_name(from, SD_BUS_ERROR_NAME_HAS_NO_OWNER);
    g_set_error(error, SETTINGS_CLIENT_ERROR,
                away ? SETTINGS_CLIENT_ERROR_AWAY : SETTINGS_CLIENT_ERROR_BUS, "%s: %s", what,
                from && from->message ? from->message : g_strerror(-r));
    return FALSE;
}

/* Whether the signal tells of any of these. What was reported changes as well, mostly because it
 * was reported, and says nothing new. */
static gboolean tells_of(sd_bus_message *message, const char *const *properties)
{
    const char *property;
    if (sd_bus_message_skip(message, "s") < 0 ||
        sd_bus_message_enter_container(message, 'a', "{sv}") < 0)
        return TRUE;
    while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
        if (sd_bus_message_read_basic(message, 's', &property) < 0 ||
            g_strv_contains(properties, property) || sd_bus_message_skip(message, "v") < 0 ||
            sd_bus_message_exit_container(message) < 0)
            return TRUE;
    }
    return FALSE;
}

static int on_setting(sd_bus_message *message, void *data, sd_bus_error *error)
{
    static const char *const properties[] = {"Locked", "Value", "Available", NULL};
    const SettingsClient *client = data;
    if (tells_of(message, properties))
        client->listener.changed(client->listener.data);
    return 0;
}

static int on_manager(sd_bus_message *message, void *data, sd_bus_error *error)
{
    static const char *const properties[] = {"State", "PolicyOrigin", NULL};
    const SettingsClient *client = data;
    if (tells_of(message, properties))
        client->listener.changed(client->listener.data);
    return 0;
}

static int on_owner(sd_bus_message *message, void *data, sd_bus_error *error)
{
    const SettingsClient *client = data;
    client->listener.new_owner(client->listener.data);
    return 0;
}

/* Items change with settings and say nothing new. */
static const struct {
    const char *match;
    sd_bus_message_handler_t handler;
} signals[] = {
    {"type='signal',sender='" NAME "',interface='org.freedesktop.DBus.Properties',"
     "member='PropertiesChanged',path_namespace='" ROOT "/setting'",
     on_setting},
    {"type='signal',sender='" NAME "',interface='org.freedesktop.DBus.Properties',"
     "member='PropertiesChanged',path='" ROOT "'",
     on_manager},
    {"type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
     "member='NameOwnerChanged',arg0='" NAME "'",
     on_owner},
};

static int watch(SettingsClient *client)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(signals) == G_N_ELEMENTS(client->matches));
    int r = 0;
    for (gsize i = 0; r >= 0 && i < G_N_ELEMENTS(signals); i++)
        r = sd_bus_add_match(client->bus, &client->matches[i], signals[i].match, signals[i].handler,
                             client);
    return r;
}

SettingsClient *settings_client_new(sd_bus *bus, const SettingsListener *listener, GError **error)
{
    g_autoptr(SettingsClient) client = g_new0(SettingsClient, 1);
    client->bus = sd_bus_ref(bus);
    client->listener = *listener;
    const int r = watch(client);
    if (r < 0) {
        fail(error, "Cannot watch secpold", r, NULL);
        return NULL;
    }
    return g_steal_pointer(&client);
}

void settings_client_free(SettingsClient *client)
{
    if (!client)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(client->matches); i++)
        sd_bus_slot_unref(client->matches[i]);
    sd_bus_unref(client->bus);
    g_free(client);
}

static char *manager_string(SettingsClient *client, const char *property, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    char *value = NULL;
    const int r =
        sd_bus_get_property_string(client->bus, NAME, ROOT, MANAGER, property, &problem, &value);
    if (r < 0)
        fail(error, "Cannot ask secpold", r, &problem);
    return value;
}

static gboolean check_manager(SettingsClient *client, GError **error)
{
    g_autofree char *state = manager_string(client, "State", error);
    if (!state)
        return FALSE;
    g_autofree char *origin = manager_string(client, "PolicyOrigin", error);
    if (!origin)
        return FALSE;
    if (!g_str_equal(state, "starting") && !g_str_equal(origin, "fallback"))
        return TRUE;
    g_set_error(error, SETTINGS_CLIENT_ERROR, SETTINGS_CLIENT_ERROR_AWAY,
                g_str_equal(state, "starting") ? "secpold is starting"
                                               : "secpold enforces its fallback");
    return FALSE;
}

/* One of the basic types of settings. NULL for others. Floating reference. */
static GVariant *read_basic(sd_bus_message *message, char type)
{
    const char *text;
    guint32 number;
    int flag;

    if (type == 'b' && sd_bus_message_read_basic(message, 'b', &flag) > 0)
        return g_variant_new_boolean(flag);
    if (type == 'u' && sd_bus_message_read_basic(message, 'u', &number) > 0)
        return g_variant_new_uint32(number);
    if (type == 's' && sd_bus_message_read_basic(message, 's', &text) > 0)
        return g_variant_new_string(text);
    return NULL;
}

/* The property is itself of type variant, so that there is one within the other. */
static int read_value(sd_bus_message *message, GVariant **ret_value)
{
    const char *contents;
    int r = sd_bus_message_enter_container(message, 'v', "v");
    if (r >= 0)
        r = sd_bus_message_peek_type(message, NULL, &contents);
    if (r < 0)
        return r;
    const char type = *contents;
    r = sd_bus_message_enter_container(message, 'v', contents);
    if (r < 0)
        return r;
    GVariant *value = read_basic(message, type);
    g_clear_pointer(ret_value, g_variant_unref);
    *ret_value = value ? g_variant_ref_sink(value) : NULL;
    r = sd_bus_message_exit_container(message);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* The properties of one setting. */
static int read_setting(sd_bus_message *message, GVariant **place)
{
    g_autoptr(GVariant) value = NULL;
    int locked = FALSE;
    const char *property;
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");

    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        r = sd_bus_message_read_basic(message, 's', &property);
        if (r >= 0 && g_str_equal(property, "Locked")) {
            r = sd_bus_message_read(message, "v", "b", &locked);
        } else if (r >= 0 && g_str_equal(property, "Value")) {
            r = read_value(message, &value);
        } else if (r >= 0) {
            r = sd_bus_message_skip(message, "v");
        }
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    if (locked && value)
        *place = g_steal_pointer(&value);
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* The interfaces of one object. */
static int read_interfaces(sd_bus_message *message, const CatalogSetting *setting,
                           SettingsInForce *in_force)
{
    const char *interface;
    int r = sd_bus_message_enter_container(message, 'a', "{sa{sv}}");

    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sa{sv}")) > 0) {
        r = sd_bus_message_read_basic(message, 's', &interface);
        if (r >= 0 && setting && g_str_equal(interface, SETTING))
            r = read_setting(message, &in_force->values[catalog_setting_index(setting)]);
        else if (r >= 0)
            r = sd_bus_message_skip(message, "a{sv}");
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_objects(sd_bus_message *message, SettingsInForce *in_force)
{
    const char *path;
    int r = sd_bus_message_enter_container(message, 'a', "{oa{sa{sv}}}");

    while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "oa{sa{sv}}")) > 0) {
        r = sd_bus_message_read_basic(message, 'o', &path);
        const CatalogSetting *setting = NULL;
        if (r >= 0 && g_str_has_prefix(path, SETTING_PREFIX))
            setting = catalog_find_setting(path + strlen(SETTING_PREFIX));
        if (r >= 0)
            r = read_interfaces(message, setting, in_force);
        if (r >= 0)
            r = sd_bus_message_exit_container(message);
    }
    return r;
}

gboolean settings_client_read(SettingsClient *client, SettingsInForce *ret, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) call = NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    g_auto(SettingsInForce) in_force = {0};

    if (!check_manager(client, error))
        return FALSE;
    int r = sd_bus_message_new_method_call(
        client->bus, &call, NAME, ROOT, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
    if (r >= 0)
        r = sd_bus_call(client->bus, call, CALL_USEC, &problem, &reply);
    if (r >= 0)
        r = read_objects(reply, &in_force);
    if (r < 0)
        return fail(error, "Cannot read the settings", r, &problem);
    settings_in_force_clear(ret);
    *ret = in_force;
    in_force = (SettingsInForce){0};
    return TRUE;
}
