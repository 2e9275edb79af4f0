/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpold as an agent sees it: which settings are locked. */
#pragma once

#include <systemd/sd-bus.h>

#include "agent/setting-values.h"

typedef struct SettingsClient SettingsClient;

/* Who wants to know. */
typedef struct SettingsListener {
    void (*changed)(gpointer data);   /* what is demanded of settings */
    void (*new_owner)(gpointer data); /* secpold came or went; reports made before have fallen */
    gpointer data;
} SettingsListener;

/* @bus is attached to an event loop. */
SettingsClient *settings_client_new(sd_bus *bus, const SettingsListener *listener, GError **error);
void settings_client_free(SettingsClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SettingsClient, settings_client_free)

/* Asks secpold. SETTINGS_CLIENT_ERROR_AWAY where it is not there, is only starting, or enforces its
 * fallback, which says nothing of settings: what was asked for before goes on to hold. */
gboolean settings_client_read(SettingsClient *client, SettingsInForce *ret, GError **error);

#define SETTINGS_CLIENT_ERROR (settings_client_error_quark())
GQuark settings_client_error_quark(void);
typedef enum SettingsClientError {
    SETTINGS_CLIENT_ERROR_AWAY,
    SETTINGS_CLIENT_ERROR_BUS,
} SettingsClientError;
