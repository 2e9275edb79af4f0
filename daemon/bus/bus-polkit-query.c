/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-polkit-query.h"

#include "daemon/bus/bus-value.h"

#define ALLOW_USER_INTERACTION 1U

static int new_call(sd_bus *bus, const char *member, sd_bus_message **ret_call)
{
    return sd_bus_message_new_method_call(bus, ret_call, "org.freedesktop.PolicyKit1",
                                          "/org/freedesktop/PolicyKit1/Authority",
                                          "org.freedesktop.PolicyKit1.Authority", member);
}

static int append_question(sd_bus_message *call, sd_bus_message *message, const char *action,
                           const char *id)
{
    const int interactive = sd_bus_message_get_allow_interactive_authorization(message);

    /* Subject, action, details, flags, and the id by which it can be cancelled. */
    return sd_bus_message_append(call, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                 sd_bus_message_get_sender(message), action, 0,
                                 interactive > 0 ? ALLOW_USER_INTERACTION : 0U, id);
}

gboolean bus_polkit_query_send(sd_bus *bus, sd_bus_message *message, const char *action,
                               const char *id, sd_bus_message_handler_t on_reply, void *data,
                               sd_bus_slot **ret_slot)
{
    g_autoptr(sd_bus_message) call = NULL;

    int r = new_call(bus, "CheckAuthorization", &call);
    if (r >= 0)
        r = append_question(call, message, action, id);
    /* A person may take as long as it takes. */
    if (r >= 0)
        r = sd_bus_call_async(bus, ret_slot, call, on_reply, data, UINT64_MAX);
    return r >= 0;
}

void bus_polkit_query_cancel(sd_bus *bus, const char *id)
{
    g_autoptr(sd_bus_message) call = NULL;

    if (new_call(bus, "CancelCheckAuthorization", &call) >= 0 &&
        sd_bus_message_append(call, "s", id) >= 0 && sd_bus_message_set_expect_reply(call, 0) >= 0)
        sd_bus_send(bus, call, NULL);
}

gboolean bus_polkit_query_grants(sd_bus_message *reply)
{
    int authorized = FALSE;

    return !sd_bus_message_is_method_error(reply, NULL) &&
           sd_bus_message_enter_container(reply, SD_BUS_TYPE_STRUCT, "bba{ss}") > 0 &&
           sd_bus_message_read(reply, "b", &authorized) > 0 && authorized;
}
