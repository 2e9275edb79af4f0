/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/manager-call.h"

#include "ctl/refusal.h"
#include "ctl/remote-host.h"

#include <stdlib.h>

G_DEFINE_QUARK(secpolctl_manager_client_error, manager_client_error)

/* Verify() reads back every mechanism and may wait for a busy kernel. */
#define CALL_TIMEOUT_USEC (60 * G_USEC_PER_SEC)

struct ManagerClient {
    sd_bus *bus;
    char *host;
};

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(sd_bus_error, sd_bus_error_free)

typedef enum Trouble {
    TROUBLE_NO_BUS,
    TROUBLE_NOT_RUNNING,
    TROUBLE_NO_ANSWER,
} Trouble;

static char *trouble_here(Trouble trouble, const char *reason)
{
    switch (trouble) {
    case TROUBLE_NO_BUS:
        return g_strdup_printf("there is no system bus to ask for secpold (%s); start the bus, or "
                               "name another one in DBUS_SYSTEM_BUS_ADDRESS",
                               reason);
    case TROUBLE_NOT_RUNNING:
        return g_strdup("secpold is not running; start it with: systemctl start secpold (why it is "
                        "not running: systemctl status secpold)");
    case TROUBLE_NO_ANSWER:
        return g_strdup_printf("secpold does not answer (%s); see: systemctl status secpold",
                               reason);
    }
    g_assert_not_reached();
}

static char *trouble_there(Trouble trouble, const char *reason, const char *host)
{
    g_autofree char *ssh = remote_host_ssh(host);
    if (trouble == TROUBLE_NOT_RUNNING) {
        return g_strdup_printf("secpold is not running on %s; start it with: %s systemctl "
                               "start secpold",
                               host, ssh);
    }
    return g_strdup_printf("cannot ask the secpold of %s over SSH (%s); does this work: %s "
                           "systemd-stdio-bridge --version",
                           host, reason, ssh);
}

static void set_unreachable(GError **error, const char *host, Trouble trouble, const char *reason)
{
    g_autofree char *message =
        host ? trouble_there(trouble, reason, host) : trouble_here(trouble, reason);
    g_set_error_literal(error, MANAGER_CLIENT_ERROR, MANAGER_CLIENT_ERROR_UNREACHABLE, message);
}

static gboolean is_unreachable(const sd_bus_error *error)
{
    static const char *const names[] = {
        SD_BUS_ERROR_NAME_HAS_NO_OWNER, SD_BUS_ERROR_SERVICE_UNKNOWN, SD_BUS_ERROR_NO_REPLY,
        SD_BUS_ERROR_TIMEOUT,           SD_BUS_ERROR_DISCONNECTED,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (sd_bus_error_has_name(error, names[i])) {
            return TRUE;
        }
    }
    /* How sd-bus names what went wrong on this side of the connection. */
    return g_str_has_prefix(error->name, "System.Error.");
}

void manager_client_set_error(GError **error, const char *host, const sd_bus_error *bus_error,
                              int result)
{
    if (!sd_bus_error_is_set(bus_error)) {
        set_unreachable(error, host, TROUBLE_NO_ANSWER, g_strerror(abs(result)));
        return;
    }
    const char *message = bus_error->message ? bus_error->message : bus_error->name;
    if (sd_bus_error_has_name(bus_error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ||
        sd_bus_error_has_name(bus_error, SD_BUS_ERROR_SERVICE_UNKNOWN)) {
        set_unreachable(error, host, TROUBLE_NOT_RUNNING, NULL);
    } else if (is_unreachable(bus_error)) {
        set_unreachable(error, host, TROUBLE_NO_ANSWER, message);
    } else {
        refusal_set_error(error, bus_error->name, message);
    }
}

ManagerClient *manager_client_open(const char *host, GError **error)
{
    sd_bus *bus = NULL;
    int result = host ? sd_bus_open_system_remote(&bus, host) : sd_bus_open_system(&bus);
    if (result < 0) {
        set_unreachable(error, host, TROUBLE_NO_BUS, g_strerror(-result));
        return NULL;
    }
    (void)sd_bus_set_method_call_timeout(bus, CALL_TIMEOUT_USEC);
    ManagerClient *client = g_new0(ManagerClient, 1);
    client->bus = bus;
    client->host = g_strdup(host);
    return client;
}

void manager_client_free(ManagerClient *client)
{
    if (!client) {
        return;
    }
    sd_bus_flush_close_unref(client->bus);
    g_free(client->host);
    g_free(client);
}

const char *manager_client_host(const ManagerClient *client)
{
    return client->host;
}

sd_bus *manager_client_bus(ManagerClient *client)
{
    return client->bus;
}

Message *manager_call_new(ManagerClient *client, const char *interface, const char *member,
                          GError **error)
{
    Message *call = NULL;
    int result = sd_bus_message_new_method_call(client->bus, &call, MANAGER_BUS_NAME, MANAGER_PATH,
                                                interface, member);
    if (result >= 0) {
        result = sd_bus_message_set_auto_start(call, FALSE);
    }
    if (result < 0) {
        sd_bus_message_unref(call);
        set_unreachable(error, client->host, TROUBLE_NO_ANSWER, g_strerror(-result));
        return NULL;
    }
    return call;
}

gboolean manager_call_check(ManagerClient *client, int result, GError **error)
{
    if (result < 0) {
        set_unreachable(error, client->host, TROUBLE_NO_ANSWER, g_strerror(-result));
    }
    return result >= 0;
}

Message *manager_call_send(ManagerClient *client, Message *call, guint64 timeout_usec,
                           GError **error)
{
    Message *reply = NULL;
    g_auto(sd_bus_error) bus_error = SD_BUS_ERROR_NULL;
    int result = sd_bus_call(client->bus, call, timeout_usec, &bus_error, &reply);
    if (result < 0) {
        manager_client_set_error(error, client->host, &bus_error, result);
        return NULL;
    }
    return reply;
}

Message *manager_call(ManagerClient *client, const char *interface, const char *member,
                      const char *argument, GError **error)
{
    g_autoptr(Message) call = manager_call_new(client, interface, member, error);
    if (!call) {
        return NULL;
    }
    int result = argument ? sd_bus_message_append(call, "s", argument) : 0;
    if (!manager_call_check(client, result, error)) {
        return NULL;
    }
    return manager_call_send(client, call, 0, error);
}

Message *manager_call_with_document(ManagerClient *client, const char *member, GBytes *document,
                                    GError **error)
{
    g_autoptr(Message) call = manager_call_new(client, MANAGER_INTERFACE, member, error);
    if (!call) {
        return NULL;
    }
    gsize size;
    const void *data = g_bytes_get_data(document, &size);
    int result = sd_bus_message_append_array(call, SD_BUS_TYPE_BYTE, data, size);
    if (!manager_call_check(client, result, error)) {
        return NULL;
    }
    return manager_call_send(client, call, 0, error);
}
