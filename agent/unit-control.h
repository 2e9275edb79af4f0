/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units of a service manager that speaks org.freedesktop.systemd1. See unit-jobs.h for having it
 * do something about them. */
#pragma once

#include <glib.h>
#include <systemd/sd-event.h>

#define UNIT_CONTROL_JOB_SEC 90

typedef struct UnitControl UnitControl;

typedef struct UnitState {
    gboolean exists; /* there is a unit file, also where it is masked */
    gboolean masked;
    gboolean active; /* or on the way to it */
} UnitState;

/* On a connection of its own to the system bus. */
UnitControl *unit_control_new(GError **error);
/* Anybody may send signals to its connection, and the bus keeps what nobody reads: from now on the
 * event loop does. 0, or a negative errno. */
int unit_control_attach(UnitControl *control, sd_event *event);
void unit_control_free(UnitControl *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UnitControl, unit_control_free)

gboolean unit_control_state(UnitControl *control, const char *unit, UnitState *ret_state,
                            GError **error);

/* The name of the unit that the manager has at this object path; NULL: of none. Free with
 * g_free(). */
char *unit_name_from_path(const char *path);

/* When it was started or reloaded last, CLOCK_REALTIME microseconds; 0: never. */
gboolean unit_control_load_time(UnitControl *control, const char *unit, guint64 *ret_usec,
                                GError **error);

/* Names of units that a restart of the unit may stop or fail by: those it needs, those that stop
 * and start with it, and those that it is started by; itself as well. Free with g_strfreev(). */
GStrv unit_control_companions(UnitControl *control, const char *unit);

/* The unit may be started again, however often that was done or failed lately. */
gboolean unit_control_reset_failed(UnitControl *control, const char *unit, GError **error);

/* How a service, socket or path ended: "success", "start-limit-hit", "exit-code" ...; "" where it
 * does not tell. Free with g_free(). */
char *unit_control_result(UnitControl *control, const char *unit);

/* For good, not only until the next start of the system. Both take effect with the next
 * unit_control_reload_manager(). */
gboolean unit_control_mask(UnitControl *control, const char *unit, GError **error);
gboolean unit_control_unmask(UnitControl *control, const char *unit, GError **error);

/* Has the manager read all units again. */
gboolean unit_control_reload_manager(UnitControl *control, GError **error);

/* A property of any service on the bus, as text: a string as it is, a flag as "true" or "false", a
 * whole number in digits; other types are an error. @property: service, object, interface,
 * property. Free with g_free(). */
char *unit_control_property(UnitControl *control, const char *const property[4], GError **error);

#define UNIT_CONTROL_ERROR (unit_control_error_quark())
GQuark unit_control_error_quark(void);
typedef enum UnitControlError {
    UNIT_CONTROL_ERROR_BUS, /* the call failed */
    UNIT_CONTROL_ERROR_JOB, /* the job did not end well, or in time */
} UnitControlError;
