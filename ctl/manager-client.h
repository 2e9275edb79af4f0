/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secpold as seen from the bus. secpold is never started by asking for it: what a stopped one would
 * say once started is not how things stand. */
#pragma once

#include "ctl/json-output.h"

#define MANAGER_BUS_NAME          "org.secpold1"
#define MANAGER_PATH              "/org/secpold1"
#define MANAGER_INTERFACE         "org.secpold1.Manager"
#define MANAGER_ITEM_INTERFACE    "org.secpold1.Item"
#define MANAGER_SETTING_INTERFACE "org.secpold1.Setting"
#define MANAGER_ITEM_PREFIX       "/org/secpold1/item/"
#define MANAGER_SETTING_PREFIX    "/org/secpold1/setting/"

typedef struct ManagerClient ManagerClient;

/* @host is USER@HOST, reached over SSH, or NULL for the system bus of this machine. */
ManagerClient *manager_client_open(const char *host, GError **error);
void manager_client_free(ManagerClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManagerClient, manager_client_free)

/* As it was opened with. */
const char *manager_client_host(const ManagerClient *client);

/* The connection; owned by @client. */
sd_bus *manager_client_bus(ManagerClient *client);

/* The manager's properties by name. */
JsonObject *manager_client_properties(ManagerClient *client, GError **error);

/* Every item as an object of its properties, in display order; Ports are objects with Protocol,
 * First and Last. */
JsonArray *manager_client_items(ManagerClient *client, GError **error);

/* Every setting as an object of its properties, in the catalog's order; Reports are objects with
 * Agent, Unit, Value and Reason. */
JsonArray *manager_client_settings(ManagerClient *client, GError **error);

/* The imported policies that are kept, newest first: objects with Generation, Name, Serial, Digest,
 * ImportedUSec, Uid, Unit, Signer and Confirmed. */
JsonArray *manager_client_generations(ManagerClient *client, GError **error);
/* The same from answers already at hand: @list of ListItems as objects with a Key, @objects of
 * GetManagedObjects, whose order does not matter. */
JsonArray *manager_client_items_of(JsonArray *list, JsonObject *objects);
JsonArray *manager_client_settings_of(JsonObject *objects);

/* The latest refused packets, newest first: objects with USec, Item, Protocol, Source, SourcePort,
 * Destination, DestinationPort and Interface. */
JsonArray *manager_client_blocked(ManagerClient *client, GError **error);

/* Reads the machine back and repairs it; returns when that is done. */
gboolean manager_client_verify(ManagerClient *client, GError **error);

/* Objects with Line, Severity, Key and Message. */
JsonArray *manager_client_validate(ManagerClient *client, GBytes *document, GError **error);

/* Objects with Item, From, To and Consequences (an array of sentences). */
JsonArray *manager_client_diff(ManagerClient *client, GBytes *document, GError **error);

/* An error of a call on the bus as a helpful sentence. @host as above. */
void manager_client_set_error(GError **error, const char *host, const sd_bus_error *bus_error,
                              int result);

/* The object in @objects whose @member is @name, borrowed; NULL where there is none. */
JsonObject *manager_client_find(JsonArray *objects, const char *member, const char *name);

/* The same for a name typed by hand: upper and lower case count as equal. */
JsonObject *manager_client_find_nocase(JsonArray *objects, const char *member, const char *name);

#define MANAGER_CLIENT_ERROR (manager_client_error_quark())
GQuark manager_client_error_quark(void);
typedef enum ManagerClientError {
    MANAGER_CLIENT_ERROR_UNREACHABLE, /* no bus, no secpold on it, or no answer */
    MANAGER_CLIENT_ERROR_REFUSED,     /* secpold answered with an error; one that secpolctl can do
                                         something about has a code of its own: */
    MANAGER_CLIENT_ERROR_PASSWORD_REQUIRED,
    MANAGER_CLIENT_ERROR_PASSWORD_MISMATCH,
} ManagerClientError;
