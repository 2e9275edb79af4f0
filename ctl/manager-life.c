/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/manager-life.h"

#include "ctl/manager-call.h"
#include "ctl/polkit-agent.h"

/* Somebody may have to be found who knows a password of polkit's. */
#define TIMEOUT_USEC (300 * G_USEC_PER_SEC)

static Message *new_call(ManagerClient *client, const char *member, GError **error)
{
    g_autoptr(Message) call = manager_call_new(client, MANAGER_INTERFACE, member, error);
    if (!call) {
        return NULL;
    }
    if (!manager_client_host(client)) {
        polkit_agent_open();
    }
    int result = sd_bus_message_set_allow_interactive_authorization(call, TRUE);
    return manager_call_check(client, result, error) ? g_steal_pointer(&call) : NULL;
}

static int append_bytes(Message *call, GBytes *bytes)
{
    gsize length = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return sd_bus_message_append_array(call, SD_BUS_TYPE_BYTE, data, length);
}

static int append_password(Message *call, const char *name, const Password *password)
{
    return password ? sd_bus_message_append(call, "{sv}", name, "s", password_text(password)) : 0;
}

static int append_options(Message *call, const ImportCall *import)
{
    int result = sd_bus_message_open_container(call, SD_BUS_TYPE_ARRAY, "{sv}");
    if (result >= 0) {
        result = append_password(call, "password", import->password);
    }
    if (result >= 0) {
        result = append_password(call, "current-password", import->current_password);
    }
    if (result >= 0 && import->confirm_seconds > 0) {
        result = sd_bus_message_append(call, "{sv}", "confirm-sec", "t",
                                       (uint64_t)import->confirm_seconds);
    }
    return result >= 0 ? sd_bus_message_close_container(call) : result;
}

gboolean manager_life_import(ManagerClient *client, const ImportCall *import,
                             guint64 *ret_generation, GError **error)
{
    g_autoptr(Message) call = new_call(client, "Import", error);
    if (!call) {
        return FALSE;
    }
    int result = sd_bus_message_sensitive(call);
    if (result >= 0) {
        result = append_bytes(call, import->document);
    }
    if (result >= 0) {
        result = append_bytes(call, import->signature);
    }
    if (result >= 0) {
        result = append_options(call, import);
    }
    if (!manager_call_check(client, result, error)) {
        return FALSE;
    }
    g_autoptr(Message) reply = manager_call_send(client, call, TIMEOUT_USEC, error);
    uint64_t generation;
    if (!reply ||
        !manager_call_check(client, sd_bus_message_read(reply, "t", &generation), error)) {
        return FALSE;
    }
    *ret_generation = generation;
    return TRUE;
}

static int read_bytes(Message *reply, GBytes **ret_bytes)
{
    const void *data;
    size_t length;
    int result = sd_bus_message_read_array(reply, SD_BUS_TYPE_BYTE, &data, &length);
    if (result >= 0) {
        *ret_bytes = g_bytes_new(data, length);
    }
    return result;
}

static Message *call_with_generation(ManagerClient *client, const char *member, guint64 generation,
                                     GError **error)
{
    g_autoptr(Message) call = new_call(client, member, error);
    if (!call) {
        return NULL;
    }
    int result = sd_bus_message_append(call, "t", (uint64_t)generation);
    return manager_call_check(client, result, error)
               ? manager_call_send(client, call, TIMEOUT_USEC, error)
               : NULL;
}

gboolean manager_life_export(ManagerClient *client, guint64 generation, GBytes **ret_document,
                             GBytes **ret_signature, GError **error)
{
    g_autoptr(Message) reply = call_with_generation(client, "Export", generation, error);
    if (!reply) {
        return FALSE;
    }
    g_autoptr(GBytes) document = NULL;
    g_autoptr(GBytes) signature = NULL;
    int result = read_bytes(reply, &document);
    if (result >= 0) {
        result = read_bytes(reply, &signature);
    }
    if (!manager_call_check(client, result, error)) {
        return FALSE;
    }
    *ret_document = g_steal_pointer(&document);
    *ret_signature = g_steal_pointer(&signature);
    return TRUE;
}

gboolean manager_life_confirm(ManagerClient *client, guint64 generation, GError **error)
{
    g_autoptr(Message) reply = call_with_generation(client, "Confirm", generation, error);
    return reply != NULL;
}

gboolean manager_life_revert(ManagerClient *client, GError **error)
{
    g_autoptr(Message) call = new_call(client, "Revert", error);
    g_autoptr(Message) reply = call ? manager_call_send(client, call, TIMEOUT_USEC, error) : NULL;
    return reply != NULL;
}
