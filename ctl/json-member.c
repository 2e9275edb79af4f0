/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json-member.h"

static JsonNode *find_member(JsonObject *object, const char *member)
{
    return object ? json_object_get_member(object, member) : NULL;
}

/* The member, or NULL where it is missing or does not hold @type. */
static JsonNode *typed_member(JsonObject *object, const char *member, GType type)
{
    JsonNode *node = find_member(object, member);
    return node && json_node_get_value_type(node) == type ? node : NULL;
}

const char *json_get_string(JsonObject *object, const char *member)
{
    JsonNode *node = typed_member(object, member, G_TYPE_STRING);
    return node ? json_node_get_string(node) : "";
}

gint64 json_get_integer(JsonObject *object, const char *member)
{
    JsonNode *node = typed_member(object, member, G_TYPE_INT64);
    return node ? json_node_get_int(node) : 0;
}

gboolean json_get_boolean(JsonObject *object, const char *member)
{
    JsonNode *node = typed_member(object, member, G_TYPE_BOOLEAN);
    return node ? json_node_get_boolean(node) : FALSE;
}

JsonArray *json_get_array(JsonObject *object, const char *member)
{
    JsonNode *node = find_member(object, member);
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

JsonObject *json_get_object(JsonObject *object, const char *member)
{
    JsonNode *node = find_member(object, member);
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

void json_copy_member(JsonObject *to, JsonObject *from, const char *member)
{
    JsonNode *node = find_member(from, member);
    if (node) {
        json_object_set_member(to, member, json_node_copy(node));
    }
}

JsonObject *json_object_at(JsonArray *array, guint index)
{
    JsonNode *node = json_array_get_element(array, index);
    return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

const char *json_string_at(JsonArray *array, guint index)
{
    JsonNode *node = json_array_get_element(array, index);
    return json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : "";
}

JsonNode *json_string(const char *text)
{
    return json_node_init_string(json_node_alloc(), text ? text : "");
}
