/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The settings that other daemons make true: what each agent reports to be in force, and what
 * follows from it. secpold holds the values, agents apply them and report back.
 */
#pragma once

#include "daemon/policy/item-state.h"

typedef struct Settings Settings;

/* Who reports. An agent is one connection to the bus; it is known by its unit and the well-known
 * names it owns, and a device profile may name it by either. */
typedef struct SettingsAgent {
    const char *connection;   /* unique bus name */
    const char *unit;         /* systemd unit, "" where unknown */
    const char *const *names; /* well-known bus names it owns; NULL-terminated */
    guint32 uid;              /* user of its process */
} SettingsAgent;

typedef struct SettingReport {
    char *connection;
    char *unit;
    GStrv names;
    guint32 uid;
    GVariant *value;  /* what the agent says is in force; of the setting's type */
    char *reason;     /* why it is not the required value; "" where it is, or not said */
    guint64 received; /* CLOCK_REALTIME microseconds */
    gboolean stale;   /* the setting's value has changed since */
} SettingReport;

/* Of a longer reason the rest is cut. */
#define SETTINGS_MAX_REASON_BYTES 512
/* Agents on one setting; further ones are refused. Those of root are counted by themselves, and one
 * other user may not have all the rest: nobody can take the places of those who would contradict.
 */
#define SETTINGS_MAX_REPORTS         32
#define SETTINGS_MAX_REPORTS_OF_USER 8

Settings *settings_new(void);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* Takes over what @plan locks. Reports on a setting whose value changes become stale: the agent
 * cannot have known, so the setting is unconfirmed, not contradicted. */
void settings_set_plan(Settings *settings, Plan *plan);

/* What an agent claims of one setting. */
typedef struct SettingsClaim {
    const char *setting;
    GVariant *value;    /* in force now */
    const char *reason; /* why it is not the required value; "" where it is, or not said */
} SettingsClaim;

/* Whether the agent may claim this. SETTINGS_ERROR where the setting is unknown, the value has
 * another type, the device profile names other agents for it, or there are too many reports. */
gboolean settings_check_report(const Settings *settings, const SettingsAgent *agent,
                               const SettingsClaim *claim, GError **error);

/* Files the claim as a report, replacing the agent's earlier one on that setting. Fails as
 * settings_check_report() does, changing nothing. */
gboolean settings_report(Settings *settings, const SettingsAgent *agent, const SettingsClaim *claim,
                         GError **error);

/* Drops all reports of a connection that has left the bus; NULL: of all, the bus itself is gone. */
void settings_forget(Settings *settings, const char *connection);

SettingState settings_state(const Settings *settings, guint setting);

/* Element type SettingReport, in order of arrival; owned by @settings, good until it changes. */
const GPtrArray *settings_reports(const Settings *settings, guint setting);

/* A number that is another one whenever the reports on the setting have changed. */
guint settings_reports_revision(const Settings *settings, guint setting);

/* What stands in the way of confirmation: "SmtpReception waits for com.maker.WebUi",
 * "SmtpReception is true in mail.service (in use)". NULL where nothing does, or where nobody has
 * reported and the profile names nobody. Free with g_free(). */
char *settings_obstacle(const Settings *settings, guint setting);

#define SETTINGS_ERROR (settings_error_quark())
GQuark settings_error_quark(void);
typedef enum SettingsError {
    SETTINGS_ERROR_NO_SUCH_SETTING,
    SETTINGS_ERROR_WRONG_TYPE,
    SETTINGS_ERROR_NOT_NAMED,
    SETTINGS_ERROR_TOO_MANY,
} SettingsError;
