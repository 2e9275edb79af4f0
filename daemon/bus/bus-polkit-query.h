/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The question to polkit, or, in a build without it, the answer no. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* Asks whether the sender of @message may do @action; a person is asked where the message allows
 * that. FALSE where the question cannot be put. */
gboolean bus_polkit_query_send(sd_bus *bus, sd_bus_message *message, const char *action,
                               sd_bus_message_handler_t on_reply, void *data,
                               sd_bus_slot **ret_slot);

/* Whether the reply is a yes. An error, such as nobody owning polkit's name, is a no. */
gboolean bus_polkit_query_grants(sd_bus_message *reply);
