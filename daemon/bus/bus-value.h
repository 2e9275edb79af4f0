/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values between GVariant and sd-bus messages. */
#pragma once

#include <glib.h>
#include <systemd/sd-bus.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sd_bus_message, sd_bus_message_unref)

/* Appends @value, a basic type, tuple or dictionary of those, as it is. Negative errno on failure,
 * as sd-bus has it. */
int bus_value_append(sd_bus_message *message, GVariant *value);

/* Appends @value inside a D-Bus variant. */
int bus_value_append_variant(sd_bus_message *message, GVariant *value);

/* Reads an array of bytes, borrowed from the message. */
int bus_value_read_document(sd_bus_message *message, const char **ret_document, gsize *ret_length);

/* Reads a D-Bus variant that holds a boolean, a uint32 or a string. BUS_VALUE_ERROR where it holds
 * something else. The result is a strong reference, never floating. */
GVariant *bus_value_read_variant(sd_bus_message *message, GError **error);

#define BUS_VALUE_ERROR (bus_value_error_quark())
GQuark bus_value_error_quark(void);
typedef enum BusValueError {
    BUS_VALUE_ERROR_TYPE,
    BUS_VALUE_ERROR_TOO_LONG,
} BusValueError;
