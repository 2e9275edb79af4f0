/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-polkit-query.h"

#include "daemon/bus/bus-value.h"

#define ALLOW_USER_INTERACTION 1U

static int append_question(sd_bus_message *call, sd_bus_message *message, const char *action)
{
    const int interactive = sd_bus_message_get_allow_interactive_authorization(message);

    /* Subject, action, details, flags, and an id by which the question could be cancelled. */
    return sd_bus_message_append(call, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                 sd_bus_message_get_sender(message), action, 0,
                                 interactive > 0 ? ALLOW_USER_INTERACTION : 0U, "");
}

gboolean bus_polkit_query_send(sd_bus *bus, sd_bus_message *message, const char *action,
                               sd_bus_message_handler_t on_reply, void *data,
                               sd_bus_slot **ret_slot)
{
    g_autoptr(sd_bus_message) call = NULL;

    int r = sd_bus_message_new_method_call(
        bus, &call, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
    if (r >= 0)
        r = append_question(call, message, action);
    /* A person may take as long as it takes. */
    if (r >= 0)
        r = sd_bus_call_async(bus, ret_slot, call, on_reply, data, UINT64_MAX);
    return r >= 0;
}

gboolean bus_polkit_query_grants(sd_bus_message *reply)
{
    int authorized = FALSE;

    return !sd_bus_message_is_method_error(reply, NULL) &&
           sd_bus_message_enter_container(reply, SD_BUS_TYPE_STRUCT, "bba{ss}") > 0 &&
           sd_bus_message_read(reply, "b", &authorized) > 0 && authorized;
}
