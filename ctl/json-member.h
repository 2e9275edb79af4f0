/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What JSON objects and arrays hold, read without ceremony. */
#pragma once

#include <json-glib/json-glib.h>

/* A missing member, or one of another type, reads as "", 0, FALSE, or NULL; so do all of them where
 * @object is NULL, as json_object_at() tells of what a newer secpold made something else. Returned
 * values belong to @object. */
const char *json_get_string(JsonObject *object, const char *member);
gint64 json_get_integer(JsonObject *object, const char *member);
gboolean json_get_boolean(JsonObject *object, const char *member);
JsonArray *json_get_array(JsonObject *object, const char *member);
JsonObject *json_get_object(JsonObject *object, const char *member);

/* Copies a member of @from, if it is there, to @to. */
void json_copy_member(JsonObject *to, JsonObject *from, const char *member);

/* The object at @index of an array of objects; NULL where it is something else. */
JsonObject *json_object_at(JsonArray *array, guint index);
/* The text at @index; "" where it is something else. */
const char *json_string_at(JsonArray *array, guint index);

/* A new string node; the empty string for NULL. */
JsonNode *json_string(const char *text);
