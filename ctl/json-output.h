/* SPDX-License-Identifier: GPL-2.0-or-later */
/* D-Bus values as JSON. Everything that secpolctl shows is read from the bus into JSON nodes first,
 * so that text and JSON output cannot tell different stories. */
#pragma once

#include "ctl/json-member.h"

#include <systemd/sd-bus.h>

/* In the order of the words of --json. */
typedef enum JsonFormat {
    JSON_FORMAT_OFF,
    JSON_FORMAT_SHORT,  /* one line */
    JSON_FORMAT_PRETTY, /* indented */
} JsonFormat;

/*
 * The next complete value of @message. Variants are unwrapped; arrays and structs become arrays;
 * dictionaries become objects, keys other than strings in decimal. A uint64 above 2^63 - 1, which
 * JSON numbers here cannot hold, becomes a string of its digits. NULL with JSON_OUTPUT_ERROR for a
 * damaged message and for file descriptors, which have no JSON form.
 */
JsonNode *json_from_message(sd_bus_message *message, GError **error);

/* An array of structs of @n_names fields as an array of objects with these member names; structs
 * of another size are left as they are. Takes and returns full ownership. */
JsonNode *json_name_fields(JsonNode *array, const char *const *names, gsize n_names);

/* With a final newline. Bytes that are not UTF-8, as file names may hold, become U+FFFD; what a
 * terminal obeys is escaped, which changes nothing for a program. Free with g_free(). */
char *json_to_text(JsonNode *node, gboolean indented);

/* The same to standard output; nothing for JSON_FORMAT_OFF. */
void json_print(JsonNode *node, JsonFormat format);
void json_print_object(JsonObject *object, JsonFormat format);
void json_print_array(JsonArray *array, JsonFormat format);

#define JSON_OUTPUT_ERROR (json_output_error_quark())
GQuark json_output_error_quark(void);
typedef enum JsonOutputError {
    JSON_OUTPUT_ERROR_MESSAGE,     /* cannot be read on: damaged, or the connection broke */
    JSON_OUTPUT_ERROR_UNSUPPORTED, /* a type without a JSON form */
} JsonOutputError;
