/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/unit-control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "agent/bus-cleanup.h"
#include "agent/unit-control-private.h"

#define SERVICE   SYSTEMD_SERVICE
#define OBJECT    SYSTEMD_OBJECT
#define MANAGER   SYSTEMD_MANAGER
#define UNIT      SERVICE ".Unit"
#define UNIT_EXEC SERVICE ".Service"

#define CALL_USEC (25 * G_USEC_PER_SEC)

G_DEFINE_QUARK(secpold_unit_control_error, unit_control_error)

gboolean unit_control_fail(GError **error, const char *subject, int r, const sd_bus_error *from)
{
    g_set_error(error, UNIT_CONTROL_ERROR, UNIT_CONTROL_ERROR_BUS, "%s: %s", subject,
                from && from->message ? from->message : g_strerror(-r));
    return FALSE;
}

gboolean unit_control_subscribe(UnitControl *control, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "Subscribe", &problem,
                                     NULL, NULL);
    return r >= 0 || sd_bus_error_has_name(&problem, SERVICE ".AlreadySubscribed") ||
           unit_control_fail(error, "systemd", r, &problem);
}

UnitControl *unit_control_new(GError **error)
{
    g_autoptr(UnitControl) control = g_new0(UnitControl, 1);
    const int r = sd_bus_open_system(&control->bus);
    if (r < 0) {
        unit_control_fail(error, "Cannot connect to the system bus", r, NULL);
        return NULL;
    }
    sd_bus_set_method_call_timeout(control->bus, CALL_USEC);
    /* Where there is no manager, whatever is asked of it fails. */
    unit_control_subscribe(control, NULL);
    return g_steal_pointer(&control);
}

int unit_control_attach(UnitControl *control, sd_event *event)
{
    return sd_bus_attach_event(control->bus, event, SD_EVENT_PRIORITY_NORMAL);
}

void unit_control_free(UnitControl *control)
{
    if (!control)
        return;
    sd_bus_flush_close_unref(control->bus);
    g_free(control);
}

/* Object path of a unit, loaded where it was not. */
static char *find_unit(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    const char *path;
    int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "LoadUnit", &problem, &reply,
                               "s", unit);
    if (r >= 0)
        r = sd_bus_message_read(reply, "o", &path);
    if (r >= 0)
        return g_strdup(path);
    unit_control_fail(error, unit, r, &problem);
    return NULL;
}

char *unit_name_from_path(const char *path)
{
    char *name = NULL;
    if (!path || sd_bus_path_decode(path, OBJECT "/unit", &name) <= 0)
        return NULL;
    char *copy = g_strdup(name);
    free(name);
    return copy;
}

/* The latest start of a unit's ExecReload= programs; 0 where it was never reloaded. */
static guint64 reload_time(UnitControl *control, const char *path)
{
    g_autoptr(sd_bus_message) reply = NULL;
    guint64 latest = 0;
    guint64 start;

    if (sd_bus_get_property(control->bus, SERVICE, path, UNIT_EXEC, "ExecReload", NULL, &reply,
                            "a(sasbttttuii)") < 0 ||
        sd_bus_message_enter_container(reply, 'a', "(sasbttttuii)") < 0)
        return 0;
    while (sd_bus_message_enter_container(reply, 'r', "sasbttttuii") > 0) {
        if (sd_bus_message_skip(reply, "sasb") < 0 || sd_bus_message_read(reply, "t", &start) < 0 ||
            sd_bus_message_skip(reply, "tttuii") < 0 || sd_bus_message_exit_container(reply) < 0)
            break;
        latest = MAX(latest, start);
    }
    return latest;
}

gboolean unit_control_load_time(UnitControl *control, const char *unit, guint64 *ret_usec,
                                GError **error)
{
    guint64 started = 0;
    g_autofree char *path = find_unit(control, unit, error);
    if (!path)
        return FALSE;
    /* A service whose main process systemd does not know has a time of 0. */
    if (sd_bus_get_property_trivial(control->bus, SERVICE, path, UNIT_EXEC,
                                    "ExecMainStartTimestamp", NULL, 't', &started) < 0 ||
        started == 0)
        sd_bus_get_property_trivial(control->bus, SERVICE, path, UNIT, "ActiveEnterTimestamp", NULL,
                                    't', &started);
    *ret_usec = MAX(started, reload_time(control, path));
    return TRUE;
}

gboolean unit_control_state(UnitControl *control, const char *unit, UnitState *ret_state,
                            GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    const char *load;
    const char *active;
    int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "ListUnitsByNames", &problem,
                               &reply, "as", 1, unit);
    if (r >= 0)
        r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
    if (r >= 0)
        r = sd_bus_message_read(reply, "(ssssssouso)", NULL, NULL, &load, &active, NULL, NULL, NULL,
                                NULL, NULL, NULL);
    if (r <= 0)
        return unit_control_fail(error, unit, r < 0 ? r : -ENOENT, &problem);
    *ret_state = (UnitState){
        .exists = !g_str_equal(load, "not-found"),
        .masked = g_str_equal(load, "masked"),
        .active = !g_str_equal(active, "inactive") && !g_str_equal(active, "failed"),
    };
    return TRUE;
}

static void add_names(UnitControl *control, const char *path, const char *property, GHashTable *set)
{
    /* Of systemd's allocation, and as such freed by free(). */
    char **read = NULL;
    if (sd_bus_get_property_strv(control->bus, SERVICE, path, UNIT, property, NULL, &read) < 0)
        return;
    for (char **name = read; name && *name; name++) {
        g_hash_table_add(set, g_strdup(*name));
        free(*name);
    }
    free(read);
}

GStrv unit_control_companions(UnitControl *control, const char *unit)
{
    static const char *const properties[] = {"Requires", "BindsTo", "ConsistsOf", "TriggeredBy"};
    g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_autofree char *path = find_unit(control, unit, NULL);
    GHashTableIter iterator;
    gpointer name;

    g_hash_table_add(set, g_strdup(unit));
    for (gsize i = 0; path && i < G_N_ELEMENTS(properties); i++)
        add_names(control, path, properties[i], set);
    g_hash_table_iter_init(&iterator, set);
    while (g_hash_table_iter_next(&iterator, &name, NULL))
        if (!g_str_has_suffix(name, ".slice") && !g_str_has_suffix(name, ".target") &&
            !g_str_has_suffix(name, ".mount"))
            g_strv_builder_add(names, name);
    return g_strv_builder_end(names);
}

gboolean unit_control_reset_failed(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "ResetFailedUnit",
                                     &problem, NULL, "s", unit);
    return r >= 0 || unit_control_fail(error, unit, r, &problem);
}

char *unit_control_result(UnitControl *control, const char *unit)
{
    static const struct {
        const char *suffix;
        const char *interface;
    } kinds[] = {{".service", SERVICE ".Service"},
                 {".socket", SERVICE ".Socket"},
                 {".path", SERVICE ".Path"},
                 {".timer", SERVICE ".Timer"}};
    g_autofree char *path = find_unit(control, unit, NULL);
    char *result = NULL;
    for (gsize i = 0; path && i < G_N_ELEMENTS(kinds); i++)
        if (g_str_has_suffix(unit, kinds[i].suffix))
            sd_bus_get_property_string(control->bus, SERVICE, path, kinds[i].interface, "Result",
                                       NULL, &result);
    char *copy = g_strdup(result ? result : "");
    free(result);
    return copy;
}

gboolean unit_control_reload_manager(UnitControl *control, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r =
        sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "Reload", &problem, NULL, NULL);
    return r >= 0 || unit_control_fail(error, "systemd cannot read its units again", r, &problem);
}

gboolean unit_control_mask(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "MaskUnitFiles",
                                     &problem, NULL, "asbb", 1, unit, FALSE, FALSE);
    return r >= 0 || unit_control_fail(error, unit, r, &problem);
}

gboolean unit_control_unmask(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "UnmaskUnitFiles",
                                     &problem, NULL, "asb", 1, unit, FALSE);
    return r >= 0 || unit_control_fail(error, unit, r, &problem);
}

/* The basic types, as a person would write them. */
static char *print_basic(sd_bus_message *reply, char type)
{
    union {
        const char *text;
        int flag;
        guint8 byte;
        gint16 int16;
        guint16 uint16;
        gint32 int32;
        guint32 uint32;
        gint64 int64;
        guint64 uint64;
    } value;
    if (sd_bus_message_read_basic(reply, type, &value) < 0)
        return NULL;
    switch (type) {
    case 's':
    case 'o':
        return g_strdup(value.text);
    case 'b':
        return g_strdup(value.flag ? "true" : "false");
    case 'y':
        return g_strdup_printf("%u", value.byte);
    case 'n':
        return g_strdup_printf("%d", value.int16);
    case 'q':
        return g_strdup_printf("%u", value.uint16);
    case 'i':
        return g_strdup_printf("%" PRIi32, value.int32);
    case 'u':
        return g_strdup_printf("%" PRIu32, value.uint32);
    case 'x':
        return g_strdup_printf("%" PRIi64, value.int64);
    case 't':
        return g_strdup_printf("%" PRIu64, value.uint64);
    default:
        return NULL;
    }
}

char *unit_control_property(UnitControl *control, const char *const property[4], GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    const char *contents = NULL;
    char type;

    int r = sd_bus_call_method(control->bus, property[0], property[1],
                               "org.freedesktop.DBus.Properties", "Get", &problem, &reply, "ss",
                               property[2], property[3]);
    if (r >= 0)
        r = sd_bus_message_peek_type(reply, &type, &contents);
    char basic = '\0';
    if (r >= 0)
        basic = *contents;
    if (r >= 0)
        r = sd_bus_message_enter_container(reply, 'v', contents);
    char *text = r >= 0 ? print_basic(reply, basic) : NULL;
    if (!text)
        unit_control_fail(error, property[3], r < 0 ? r : -ENOTSUP, &problem);
    return text;
}
