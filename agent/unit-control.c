/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/unit-control.h"

#include <errno.h>
#include <inttypes.h>

#include "agent/bus-cleanup.h"

#define SERVICE   "org.freedesktop.systemd1"
#define OBJECT    "/org/freedesktop/systemd1"
#define MANAGER   SERVICE ".Manager"
#define UNIT      SERVICE ".Unit"
#define UNIT_EXEC SERVICE ".Service"

#define CALL_USEC (25 * G_USEC_PER_SEC)

struct UnitControl {
    sd_bus *bus;
    sd_bus_slot *removed; /* the match for JobRemoved */
    char *job;            /* the one that is waited for, or NULL */
    char *result;         /* how it ended; NULL: not yet */
};

G_DEFINE_QUARK(secpold_unit_control_error, unit_control_error)

static gboolean fail(GError **error, const char *subject, int r, const sd_bus_error *from)
{
    g_set_error(error, UNIT_CONTROL_ERROR, UNIT_CONTROL_ERROR_BUS, "%s: %s", subject,
                from && from->message ? from->message : g_strerror(-r));
    return FALSE;
}

/* A signal is queued while a call waits for its reply, so that none is handled before the job's
 * name is known. */
static int on_job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
    UnitControl *control = data;
    const char *job;
    const char *result;

    if (sd_bus_message_read(message, "uoss", NULL, &job, NULL, &result) < 0)
        return 0;
    if (g_strcmp0(job, control->job) == 0) {
        g_free(control->result);
        control->result = g_strdup(result);
    }
    return 0;
}

/* The manager sends signals only while somebody wants them, on whatever connection. */
static gboolean subscribe(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "Subscribe", &problem,
                                     NULL, NULL);
    return r >= 0 || sd_bus_error_has_name(&problem, SERVICE ".AlreadySubscribed") ||
           fail(error, unit, r, &problem);
}

UnitControl *unit_control_new(GError **error)
{
    g_autoptr(UnitControl) control = g_new0(UnitControl, 1);
    int r = sd_bus_open_system(&control->bus);
    if (r < 0) {
        fail(error, "Cannot connect to the system bus", r, NULL);
        return NULL;
    }
    sd_bus_set_method_call_timeout(control->bus, CALL_USEC);
    r = sd_bus_match_signal(control->bus, &control->removed, SERVICE, OBJECT, MANAGER, "JobRemoved",
                            on_job_removed, control);
    if (r < 0) {
        fail(error, "Cannot watch jobs", r, NULL);
        return NULL;
    }
    /* Where there is no manager, whatever is asked of it fails. */
    subscribe(control, "", NULL);
    return g_steal_pointer(&control);
}

void unit_control_free(UnitControl *control)
{
    if (!control)
        return;
    sd_bus_slot_unref(control->removed);
    sd_bus_flush_close_unref(control->bus);
    g_free(control->job);
    g_free(control->result);
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
    fail(error, unit, r, &problem);
    return NULL;
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
    if (sd_bus_get_property_trivial(control->bus, SERVICE, path, UNIT_EXEC,
                                    "ExecMainStartTimestamp", NULL, 't', &started) < 0)
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
        return fail(error, unit, r < 0 ? r : -ENOENT, &problem);
    *ret_state = (UnitState){
        .exists = !g_str_equal(load, "not-found"),
        .masked = g_str_equal(load, "masked"),
        .active = !g_str_equal(active, "inactive") && !g_str_equal(active, "failed"),
    };
    return TRUE;
}

static gboolean wait_for_job(UnitControl *control, const char *unit, const char *what,
                             GError **error)
{
    const gint64 deadline = g_get_monotonic_time() + UNIT_CONTROL_JOB_SEC * G_USEC_PER_SEC;
    while (!control->result) {
        int r = sd_bus_process(control->bus, NULL);
        if (r == 0 && g_get_monotonic_time() < deadline)
            r = sd_bus_wait(control->bus, (uint64_t)(deadline - g_get_monotonic_time()));
        else if (r == 0)
            r = -ETIMEDOUT;
        if (r < 0 && r != -EINTR)
            return fail(error, unit, r, NULL);
    }
    if (g_str_equal(control->result, "done") || g_str_equal(control->result, "skipped"))
        return TRUE;
    g_set_error(error, UNIT_CONTROL_ERROR, UNIT_CONTROL_ERROR_JOB,
                "%s: to %s it ended with \"%s\"; 'systemctl status %s' says more", unit, what,
                control->result, unit);
    return FALSE;
}

/* @method takes a unit and a mode and returns a job. */
static gboolean run_job(UnitControl *control, const char *method, const char *unit,
                        const char *what, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    g_autoptr(sd_bus_message) reply = NULL;
    const char *job;

    if (!subscribe(control, unit, error))
        return FALSE;
    int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, method, &problem, &reply,
                               "ss", unit, "replace");
    if (r >= 0)
        r = sd_bus_message_read(reply, "o", &job);
    if (r < 0)
        return fail(error, unit, r, &problem);
    g_free(control->job);
    control->job = g_strdup(job);
    g_clear_pointer(&control->result, g_free);
    return wait_for_job(control, unit, what, error);
}

gboolean unit_control_stop(UnitControl *control, const char *unit, GError **error)
{
    return run_job(control, "StopUnit", unit, "stop", error);
}

gboolean unit_control_start(UnitControl *control, const char *unit, GError **error)
{
    return run_job(control, "StartUnit", unit, "start", error);
}

gboolean unit_control_reload(UnitControl *control, const char *unit, GError **error)
{
    return run_job(control, "ReloadOrTryRestartUnit", unit, "reload", error);
}

gboolean unit_control_restart(UnitControl *control, const char *unit, GError **error)
{
    return run_job(control, "TryRestartUnit", unit, "restart", error);
}

gboolean unit_control_reload_manager(UnitControl *control, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r =
        sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "Reload", &problem, NULL, NULL);
    return r >= 0 || fail(error, "systemd cannot read its units again", r, &problem);
}

gboolean unit_control_mask(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "MaskUnitFiles",
                                     &problem, NULL, "asbb", 1, unit, FALSE, FALSE);
    return r >= 0 || fail(error, unit, r, &problem);
}

gboolean unit_control_unmask(UnitControl *control, const char *unit, GError **error)
{
    g_auto(sd_bus_error) problem = SD_BUS_ERROR_NULL;
    const int r = sd_bus_call_method(control->bus, SERVICE, OBJECT, MANAGER, "UnmaskUnitFiles",
                                     &problem, NULL, "asb", 1, unit, FALSE);
    return r >= 0 || fail(error, unit, r, &problem);
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
        fail(error, property[3], r < 0 ? r : -ENOTSUP, &problem);
    return text;
}
