/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-polkit-query.h"

gboolean bus_polkit_query_send(sd_bus *bus, sd_bus_message *message, const char *action,
                               const char *id, sd_bus_message_handler_t on_reply, void *data,
                               sd_bus_slot **ret_slot)
{
    return FALSE;
}

void bus_polkit_query_cancel(sd_bus *bus, const char *id)
{
}

gboolean bus_polkit_query_grants(sd_bus_message *reply)
{
    return FALSE;
}
