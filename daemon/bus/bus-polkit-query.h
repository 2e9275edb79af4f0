/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The question to polkit, or, in a build without it, the answer no. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

/* Asks whether the sender of @message may do @action; a person is asked where the message allows
 * that. @id: of the question's own, to take it back by. FALSE where it cannot be put. */
gboolean bus_polkit_query_send(sd_bus *bus, sd_bus_message *message, const char *action,
                               const char *id, sd_bus_message_handler_t on_reply, void *data,
                               sd_bus_slot **ret_slot);

/* Nobody waits for the answer any more: polkit need not ask on. */
void bus_polkit_query_cancel(sd_bus *bus, const char *id);

/* Whether the reply is a yes. An error, such as nobody owning polkit's name, is a no. */
gboolean bus_polkit_query_grants(sd_bus_message *reply);
