/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-value.h"

#include <errno.h>
#include <string.h>

/* A setting's text is a host name or a word; nothing longer is worth keeping. */
#define MAX_STRING_BYTES 1024

G_DEFINE_QUARK(secpold_bus_value_error, bus_value_error)

static int append_children(sd_bus_message *message, GVariant *value)
{
    for (gsize i = 0; i < g_variant_n_children(value); i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(value, i);
        const int r = bus_value_append(message, child);
        if (r < 0)
            return r;
    }
    return 0;
}

static char container_type(GVariant *value)
{
    switch (g_variant_classify(value)) {
    case G_VARIANT_CLASS_ARRAY:
        return SD_BUS_TYPE_ARRAY;
    case G_VARIANT_CLASS_DICT_ENTRY:
        return SD_BUS_TYPE_DICT_ENTRY;
    default:
        return SD_BUS_TYPE_STRUCT;
    }
}

/* The type string without the brackets of the container itself. */
static char *contents_type(GVariant *value)
{
    const char *type = g_variant_get_type_string(value);

    if (g_variant_classify(value) == G_VARIANT_CLASS_ARRAY)
        return g_strdup(type + 1);
    return g_strndup(type + 1, strlen(type) - 2);
}

static int append_container(sd_bus_message *message, GVariant *value)
{
    g_autofree char *contents = contents_type(value);

    int r = sd_bus_message_open_container(message, container_type(value), contents);
    if (r >= 0)
        r = append_children(message, value);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int bus_value_append_variant(sd_bus_message *message, GVariant *value)
{
    int r = sd_bus_message_open_container(message, SD_BUS_TYPE_VARIANT,
                                          g_variant_get_type_string(value));
    if (r >= 0)
        r = bus_value_append(message, value);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_inner_variant(sd_bus_message *message, GVariant *value)
{
    g_autoptr(GVariant) inner = g_variant_get_variant(value);
    return bus_value_append_variant(message, inner);
}

int bus_value_append(sd_bus_message *message, GVariant *value)
{
    switch (g_variant_classify(value)) {
    case G_VARIANT_CLASS_BOOLEAN:
        return sd_bus_message_append(message, "b", (int)g_variant_get_boolean(value));
    case G_VARIANT_CLASS_UINT32:
        return sd_bus_message_append(message, "u", g_variant_get_uint32(value));
    case G_VARIANT_CLASS_STRING:
        return sd_bus_message_append(message, "s", g_variant_get_string(value, NULL));
    case G_VARIANT_CLASS_VARIANT:
        return append_inner_variant(message, value);
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
        return append_container(message, value);
    default:
        return -EINVAL;
    }
}

int bus_value_read_document(sd_bus_message *message, const char **ret_document, gsize *ret_length)
{
    const void *bytes;
    size_t length;

    const int r = sd_bus_message_read_array(message, SD_BUS_TYPE_BYTE, &bytes, &length);
    if (r < 0)
        return r;
    *ret_document = length > 0 ? bytes : "";
    *ret_length = length;
    return 0;
}

static GVariant *read_string(sd_bus_message *message, GError **error)
{
    const char *text;

    if (sd_bus_message_read_basic(message, 's', &text) < 0) {
        g_set_error_literal(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE,
                            "The value is not a readable string");
        return NULL;
    }
    if (strlen(text) > MAX_STRING_BYTES) {
        g_set_error(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TOO_LONG,
                    "The value is longer than %d bytes", MAX_STRING_BYTES);
        return NULL;
    }
    return g_variant_ref_sink(g_variant_new_string(text));
}

static GVariant *read_contents(sd_bus_message *message, const char *type, GError **error)
{
    int truth;
    guint32 number;

    if (g_str_equal(type, "b") && sd_bus_message_read_basic(message, 'b', &truth) >= 0)
        return g_variant_ref_sink(g_variant_new_boolean(truth));
    if (g_str_equal(type, "u") && sd_bus_message_read_basic(message, 'u', &number) >= 0)
        return g_variant_ref_sink(g_variant_new_uint32(number));
    if (g_str_equal(type, "s"))
        return read_string(message, error);

    g_set_error(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE,
                "A value has type 'b', 'u' or 's', not '%s'", type);
    return NULL;
}

GVariant *bus_value_read_variant(sd_bus_message *message, GError **error)
{
    const char *type;
    char container;

    if (sd_bus_message_peek_type(message, &container, &type) <= 0 ||
        container != SD_BUS_TYPE_VARIANT ||
        sd_bus_message_enter_container(message, SD_BUS_TYPE_VARIANT, type) < 0) {
        g_set_error_literal(error, BUS_VALUE_ERROR, BUS_VALUE_ERROR_TYPE, "A variant is missing");
        return NULL;
    }
    GVariant *value = read_contents(message, type, error);
    if (value)
        sd_bus_message_exit_container(message);
    return value;
}
