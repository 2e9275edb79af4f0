/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json-output.h"

#include "ctl/terminal.h"

#include <stdio.h>
#include <string.h>

G_DEFINE_QUARK(secpolctl_json_output_error, json_output_error)

static gboolean check(int result, GError **error)
{
    if (result < 0) {
        g_set_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_MESSAGE,
                    "cannot read the answer from the bus: %s", g_strerror(-result));
        return FALSE;
    }
    return TRUE;
}

static JsonNode *node_from_uint64(guint64 value)
{
    if (value > G_MAXINT64) {
        g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, value);
        return json_string(digits);
    }
    return json_node_init_int(json_node_alloc(), (gint64)value);
}

/* Large enough for every basic type, as sd_bus_message_read_basic() writes it. */
typedef union Basic {
    int boolean;
    guint8 y;
    gint16 n;
    guint16 q;
    gint32 i;
    guint32 u;
    gint64 x;
    guint64 t;
    double d;
    const char *s;
} Basic;

static JsonNode *node_from_basic(char type, const Basic *value)
{
    JsonNode *node = json_node_alloc();
    switch (type) {
    case SD_BUS_TYPE_BOOLEAN:
        return json_node_init_boolean(node, value->boolean != 0);
    case SD_BUS_TYPE_BYTE:
        return json_node_init_int(node, value->y);
    case SD_BUS_TYPE_INT16:
        return json_node_init_int(node, value->n);
    case SD_BUS_TYPE_UINT16:
        return json_node_init_int(node, value->q);
    case SD_BUS_TYPE_INT32:
        return json_node_init_int(node, value->i);
    case SD_BUS_TYPE_UINT32:
        return json_node_init_int(node, value->u);
    case SD_BUS_TYPE_INT64:
        return json_node_init_int(node, value->x);
    case SD_BUS_TYPE_UINT64:
        json_node_free(node);
        return node_from_uint64(value->t);
    case SD_BUS_TYPE_DOUBLE:
        return json_node_init_double(node, value->d);
    case SD_BUS_TYPE_STRING:
    case SD_BUS_TYPE_OBJECT_PATH:
    case SD_BUS_TYPE_SIGNATURE:
        return json_node_init_string(node, value->s);
    default:
        json_node_free(node);
        return NULL;
    }
}

static JsonNode *read_basic(sd_bus_message *message, char type, GError **error)
{
    Basic value = {};
    if (type == SD_BUS_TYPE_UNIX_FD) {
        g_set_error(error, JSON_OUTPUT_ERROR, JSON_OUTPUT_ERROR_UNSUPPORTED,
                    "the answer from the bus holds a file descriptor");
        return NULL;
    }
    if (!check(sd_bus_message_read_basic(message, type, &value), error)) {
        return NULL;
    }
    return node_from_basic(type, &value);
}

static JsonNode *read_elements(sd_bus_message *message, GError **error)
{
    g_autoptr(JsonArray) array = json_array_new();
    for (;;) {
        int end = sd_bus_message_at_end(message, FALSE);
        if (!check(end, error)) {
            return NULL;
        }
        if (end) {
            return json_node_init_array(json_node_alloc(), array);
        }
        JsonNode *element = json_from_message(message, error);
        if (!element) {
            return NULL;
        }
        json_array_add_element(array, element);
    }
}

static char *key_to_string(JsonNode *key)
{
    if (json_node_get_value_type(key) == G_TYPE_STRING) {
        return g_strdup(json_node_get_string(key));
    }
    return json_to_string(key, FALSE);
}

static gboolean read_entry(sd_bus_message *message, const char *contents, JsonObject *object,
                           GError **error)
{
    if (!check(sd_bus_message_enter_container(message, SD_BUS_TYPE_DICT_ENTRY, contents), error)) {
        return FALSE;
    }
    g_autoptr(JsonNode) key = json_from_message(message, error);
    g_autoptr(JsonNode) value = key ? json_from_message(message, error) : NULL;
    if (!value || !check(sd_bus_message_exit_container(message), error)) {
        return FALSE;
    }
    g_autofree char *name = key_to_string(key);
    json_object_set_member(object, name, g_steal_pointer(&value));
    return TRUE;
}

/* @contents is the signature of the dictionary's elements, "{sv}". */
static JsonNode *read_dictionary(sd_bus_message *message, const char *contents, GError **error)
{
    g_autofree char *entry = g_strndup(contents + 1, strlen(contents) - 2);
    g_autoptr(JsonObject) object = json_object_new();
    for (;;) {
        int end = sd_bus_message_at_end(message, FALSE);
        if (!check(end, error)) {
            return NULL;
        }
        if (end) {
            return json_node_init_object(json_node_alloc(), object);
        }
        if (!read_entry(message, entry, object, error)) {
            return NULL;
        }
    }
}

static JsonNode *read_container(sd_bus_message *message, char type, const char *contents,
                                GError **error)
{
    if (!check(sd_bus_message_enter_container(message, type, contents), error)) {
        return NULL;
    }
    g_autoptr(JsonNode) node = NULL;
    if (type == SD_BUS_TYPE_VARIANT) {
        node = json_from_message(message, error);
    } else if (type == SD_BUS_TYPE_ARRAY && contents[0] == SD_BUS_TYPE_DICT_ENTRY_BEGIN) {
        node = read_dictionary(message, contents, error);
    } else {
        node = read_elements(message, error);
    }
    if (!node || !check(sd_bus_message_exit_container(message), error)) {
        return NULL;
    }
    return g_steal_pointer(&node);
}

JsonNode *json_from_message(sd_bus_message *message, GError **error)
{
    char type;
    const char *contents;
    int result = sd_bus_message_peek_type(message, &type, &contents);
    if (!check(result == 0 ? -EBADMSG : result, error)) {
        return NULL;
    }
    /* The contents of a container belong to the message and change while it is read. */
    g_autofree char *signature = g_strdup(contents);
    return signature ? read_container(message, type, signature, error)
                     : read_basic(message, type, error);
}

static JsonNode *name_struct(JsonArray *fields, const char *const *names)
{
    g_autoptr(JsonObject) object = json_object_new();
    for (guint i = 0; i < json_array_get_length(fields); i++) {
        json_object_set_member(object, names[i], json_array_dup_element(fields, i));
    }
    return json_node_init_object(json_node_alloc(), object);
}

JsonNode *json_name_fields(JsonNode *array, const char *const *names, gsize n_names)
{
    g_autoptr(JsonNode) owned = array;
    g_autoptr(JsonArray) named = json_array_new();
    JsonArray *structs = json_node_get_array(owned);
    for (guint i = 0; i < json_array_get_length(structs); i++) {
        JsonNode *element = json_array_get_element(structs, i);
        gboolean fits = JSON_NODE_HOLDS_ARRAY(element) &&
                        json_array_get_length(json_node_get_array(element)) == n_names;
        json_array_add_element(named, fits ? name_struct(json_node_get_array(element), names)
                                           : json_node_copy(element));
    }
    return json_node_init_array(json_node_alloc(), named);
}

/* As JSON names a character, by its one or two words of UTF-16. */
static void append_escaped(GString *out, gunichar character)
{
    gunichar2 words[2] = {(gunichar2)character, 0};
    if (character > 0xffff) {
        words[0] = (gunichar2)(0xd7c0 + (character >> 10));
        words[1] = (gunichar2)(0xdc00 + (character & 0x3ff));
    }
    for (gsize i = 0; i < G_N_ELEMENTS(words) && words[i]; i++) {
        g_string_append_printf(out, "\\u%04x", words[i]);
    }
}

char *json_to_text(JsonNode *node, gboolean indented)
{
    g_autofree char *raw = json_to_string(node, indented);
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    GString *text = g_string_sized_new(strlen(valid) + 1);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        /* A line's end stands between strings only. */
        if (character != '\n' && terminal_obeys(character)) {
            append_escaped(text, character);
        } else {
            g_string_append_unichar(text, character);
        }
    }
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

void json_print(JsonNode *node, JsonFormat format)
{
    if (format == JSON_FORMAT_OFF) {
        return;
    }
    g_autofree char *text = json_to_text(node, format == JSON_FORMAT_PRETTY);
    fputs(text, stdout);
}

void json_print_object(JsonObject *object, JsonFormat format)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    json_print(node, format);
}

void json_print_array(JsonArray *array, JsonFormat format)
{
    g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), array);
    json_print(node, format);
}
